import { readRecords } from '../record/index.ts'
import { closingLines, composeResult, writeReport } from '../report/index.ts'
import { EXIT } from '../base/index.ts'
import type { Io } from './io.ts'

/** Redraws the report of a past run from its records, and shows its closing lines. */
export async function report(dir: string, flags: { template?: string }, io: Io): Promise<number> {
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
