import { basename, resolve } from 'node:path'
import { EXIT, GamedayError } from '../base/index.ts'
import { readRecords } from '../record/index.ts'
import { closingLines, composeResult, writeReport } from '../report/index.ts'
import { livingRuns, stateFolder } from '../rollback/index.ts'
import type { Io } from './io.ts'

/**
 * Redraws the report of a past run from its records, and shows its closing lines. Throws `DRILL_IN_PROGRESS` for one
 * that is still alive.
 */
export async function report(dir: string, flags: { template?: string }, io: Io): Promise<number> {
  await refuseLiving(dir, io)
  const records = readRecords(dir)
  const result = composeResult(records)
  const { reportPath } = await writeReport({
    dir,
    result,
    records,
    ...(flags.template === undefined ? {} : { template: flags.template }),
  })
  io.stdout.write(`${closingLines(result, reportPath).join('\n')}\n`)
  return EXIT.ok
}

/** Half of a drill's records would be judged as if it had been killed. */
async function refuseLiving(dir: string, { env, cwd }: Io): Promise<void> {
  const living = await livingRuns(stateFolder(env))
  const own = living.find((run) => basename(run.dir) === basename(resolve(cwd, dir)))
  if (own === undefined) return
  throw new GamedayError(`the drill ${own.run} (${own.drill}) is in progress, so there is no report yet`, {
    code: 'DRILL_IN_PROGRESS',
    exitCode: EXIT.usage,
    hint: `It will be written when the drill ends. Until then: gameday join ${own.run} --as observer`,
  })
}
