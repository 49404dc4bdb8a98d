import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../../src/base/index.ts'
import { freePort } from '../../test/differential/runner/places.ts'
import { startServing, type Serving } from './process.ts'

/**
 * The last release, with the two libraries of its own lockfile: with the newest that its ranges allow, every stream
 * ends in a 500 ("immutable" headers).
 */
const PACKAGE = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.13.5', hono: '4.9.7' },
}
const INSTALL_MS = 120_000

/** The headers by which it is told where to pass a request on to. */
export const portkeyHeaders = (upstream: string) => ({
  'x-portkey-provider': 'openai',
  'x-portkey-custom-host': `${upstream}/v1`,
})

/** Installs Portkey's gateway into a folder of its own, which goes when it is stopped, and starts it. Throws if either fails. */
export async function servePortkey(): Promise<Serving> {
  const home = mkdtempSync(join(tmpdir(), 'gameday-bench-portkey-'))
  const clear = () => rmSync(home, { recursive: true, force: true })
  try {
    writeFileSync(join(home, 'package.json'), JSON.stringify(PACKAGE))
    await install(home)
    const port = await freePort()
    const serving = await startServing({
      name: 'gateway of Portkey',
      args: [
        '--import',
        new URL('only-loopback.mjs', import.meta.url).href,
        join(home, 'node_modules/@portkey-ai/gateway/build/start-server.js'),
        `--port=${port}`,
        '--headless',
      ],
      env: { NODE_ENV: 'production' },
      ready: /(Ready for connections)/,
    })
    return { ...serving, url: `http://127.0.0.1:${port}`, stop: () => serving.stop().finally(clear) }
  } catch (error) {
    clear()
    throw error
  }
}

async function install(home: string): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries', '0', '--loglevel', 'error']
  try {
    const args = ['install', '--prefix', home, ...flags]
    await promisify(execFile)('npm', args, { cwd: home, timeout: INSTALL_MS })
  } catch (error) {
    const reason = /npm error (?:code )?(.+)/.exec(messageOf(error))?.[1] ?? messageOf(error)
    throw new Error(`npm cannot install it (${reason})`, { cause: error })
  }
}
