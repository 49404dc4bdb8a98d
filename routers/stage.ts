import { randomBytes } from 'node:crypto'
import { freePort } from '../test/support/matrix-port.ts'
import { BIN } from '../test/support/program.ts'
import { stagePorts } from '../test/support/stage-ports.ts'
import { configure } from './configure.ts'
import { serve } from './process.ts'
import type { Place } from './row.ts'

const START_MS = 30_000

export interface ServedStage {
  url: string
  /** What a drill needs in its environment to attach. */
  env: Record<string, string>
  place: Place
  stop: () => Promise<void>
}

/** Serves a stage as a user does, on ports and with keys of its own, out of a folder that is its home. */
export async function serveStage(
  home: string,
  providers: object | undefined,
  env: NodeJS.ProcessEnv,
): Promise<ServedStage> {
  const ports = await stagePorts()
  const keys = {
    GAMEDAY_STAGE_TOKEN: randomBytes(24).toString('hex'),
    GAMEDAY_PRIMARY_KEY: `sk-${randomBytes(24).toString('hex')}`,
    GAMEDAY_SECONDARY_KEY: `sk-${randomBytes(24).toString('hex')}`,
  }
  configure(home, { providers, stage: { ports } })
  const stop = await serve(
    'gameday serve stage',
    [process.execPath, BIN, 'serve', 'stage'],
    { cwd: home, env: { ...env, ...keys } },
    { ready: (said) => said.includes('# Official clients'), forMs: START_MS },
  )
  return {
    url: `http://127.0.0.1:${ports.control}`,
    env: keys,
    place: {
      port: await freePort(),
      folder: home,
      env: {
        PRIMARY_BASE_URL: `http://127.0.0.1:${ports.primaryProxy}/v1`,
        PRIMARY_API_KEY: keys.GAMEDAY_PRIMARY_KEY,
        SECONDARY_BASE_URL: `http://127.0.0.1:${ports.secondaryProxy}/v1`,
        SECONDARY_API_KEY: keys.GAMEDAY_SECONDARY_KEY,
      },
    },
    stop,
  }
}
