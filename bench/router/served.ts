import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { startServing, type Serving } from './process.ts'

/** A provider behind the router: its base URL, ending in `/v1`, and the key that it takes. */
export interface Upstream {
  baseUrl: string
  key: string
}

const BIN = fileURLToPath(new URL('../../bin/gameday.js', import.meta.url))

/**
 * Starts `gameday serve router` as a user would, in front of two providers: guardrails of every kind that are wide
 * enough never to bite, a budget for the day, the log on, the cache off. Everything else is as it comes.
 */
export async function serveRouter(providers: { primary: Upstream; secondary: Upstream }): Promise<Serving> {
  const home = mkdtempSync(join(tmpdir(), 'gameday-bench-router-'))
  const file = join(home, 'gameday.yaml')
  const provider = (role: 'primary' | 'secondary') => ({
    kind: 'real',
    name: `bench-${role}`,
    model: 'gpt-4o-mini',
    baseUrl: providers[role].baseUrl,
    key: keyName(role),
    price: { input: '$0.15', output: '$0.60' },
  })
  const limits = { tokensIn: 100_000, tokensOut: 4000, cost: '$1' }
  const config = {
    version: 1,
    providers: { primary: provider('primary'), secondary: provider('secondary') },
    router: {
      guardrails: {
        request: limits,
        tenants: { 'birch-legal': { ...limits, day: '$1000000' } },
        features: { search: limits },
        day: '$1000000',
      },
      cache: { mode: 'off' },
    },
    log: { path: join(home, 'requests.db') },
  }
  writeFileSync(file, stringify(config))
  const serving = await startServing({
    name: 'router',
    args: [BIN, 'serve', 'router', '--config', file],
    env: {
      GAMEDAY_STATE: join(home, 'state'),
      BYPASS_ROUTER: 'false',
      GAMEDAY_ROUTER_KEY: '',
      [keyName('primary')]: providers.primary.key,
      [keyName('secondary')]: providers.secondary.key,
    },
    ready: /listens on (\S+?)\/v1/,
  })
  return {
    ...serving,
    stop: async () => {
      await serving.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const keyName = (role: 'primary' | 'secondary') => `BENCH_${role.toUpperCase()}_KEY`
