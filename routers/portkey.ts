import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installedIn, ROOT } from './installed.ts'
import { answers, run, serve } from './process.ts'
import type { Place, Row } from './row.ts'

const VERSION = '1.15.2'
const START_MS = 60_000
const FILES = join(ROOT, 'routers', 'portkey')
const FOLDER = installedIn(`portkey-${VERSION}`)
const GATEWAY = join(FOLDER, 'node_modules', '@portkey-ai', 'gateway')

/** Portkey's gateway from npm, in a folder of its own. It is stateless: its configuration comes with every request. */
export const portkey: Pick<Row, 'prepare' | 'start'> = {
  prepare: async () => {
    if (versionThere() !== VERSION) await install()
    return VERSION
  },
  start: async ({ port, env, folder }) => {
    const root = `http://127.0.0.1:${port}`
    const server = join(GATEWAY, 'build', 'start-server.js')
    const stop = await serve(
      'portkey',
      [process.execPath, '--require', join(FILES, 'loopback.cjs'), server, `--port=${port}`, '--headless'],
      { cwd: folder, env: { ...process.env, NODE_ENV: 'production' } },
      { ready: () => answers(root), forMs: START_MS },
    )
    return {
      router: { url: `${root}/v1`, headers: { 'x-portkey-config': '$PORTKEY_CONFIG' } },
      env: { PORTKEY_CONFIG: configFor(env) },
      stop,
    }
  },
}

/** The version that is installed; null where none is. */
function versionThere(): string | null {
  try {
    const { version } = JSON.parse(readFileSync(join(GATEWAY, 'package.json'), 'utf8')) as { version: string }
    return version
  } catch {
    return null
  }
}

async function install(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  copyFileSync(join(FILES, 'package.json'), join(FOLDER, 'package.json'))
  const options = ['--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm install @portkey-ai/gateway', ['npm', 'install', ...options], {
    cwd: FOLDER,
    env: process.env,
  })
}

/** The configuration on one line, as a header holds it, with addresses and keys in the place of their names. */
function configFor(env: Place['env']): string {
  const text = readFileSync(join(FILES, 'config.json'), 'utf8')
  const filled = text.replaceAll(/\$(\w+)/g, (name, key: keyof Place['env']) => env[key] ?? name)
  return JSON.stringify(JSON.parse(filled))
}
