import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './installed.ts'
import { serve } from './process.ts'
import type { Row } from './row.ts'

const START_MS = 60_000
const FORWARDER = join(ROOT, 'routers', 'no-router', 'forward.ts')

/** No router at all: the official client's own retries, at the primary alone. */
export const noRouter: Pick<Row, 'prepare' | 'start'> = {
  prepare: () => Promise.resolve(versionOf('openai')),
  start: async ({ port, env }) => {
    const stop = await serve(
      'the official client',
      [process.execPath, '--import', 'tsx', FORWARDER, `${port}`],
      { cwd: ROOT, env: { ...process.env, ...env } },
      { ready: (said) => said.includes('forwards at'), forMs: START_MS },
    )
    return { router: { url: `http://127.0.0.1:${port}/v1` }, env: {}, stop }
  },
}

function versionOf(name: string): string {
  const file = join(ROOT, 'node_modules', name, 'package.json')
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return version
}
