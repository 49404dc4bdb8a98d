import { basename, resolve } from 'node:path'
import { EXIT, GamedayError } from '../base/index.ts'
import { livingRuns, stateFolder } from '../rollback/index.ts'
import type { Io } from './io.ts'

/**
 * Refuses a drill that is still alive: half of its records would be judged as if it had been killed. Throws
 * `DRILL_IN_PROGRESS`.
 */
export async function refuseLiving(dir: string, { env, cwd }: Io): Promise<void> {
  const living = await livingRuns(stateFolder(env))
  const own = living.find((run) => basename(run.dir) === basename(resolve(cwd, dir)))
  if (own === undefined) return
  throw new GamedayError(`the drill ${own.run} (${own.drill}) is in progress, so there is no report yet`, {
    code: 'DRILL_IN_PROGRESS',
    exitCode: EXIT.usage,
    hint: `It will be written when the drill ends. Until then: gameday join ${own.run} --as observer`,
  })
}
