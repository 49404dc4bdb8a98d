import { EXIT } from '../base/index.ts'
import { readRecords } from '../record/index.ts'
import { closingLines, composeResult, writeReport } from '../report/index.ts'
import type { Io } from './io.ts'
import { refuseLiving } from './refuse-living.ts'

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
