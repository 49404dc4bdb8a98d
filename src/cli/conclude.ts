import { appendFileSync } from 'node:fs'
import { EXIT, GamedayError, messageOf } from '../base/index.ts'
import { readRecords } from '../record/index.ts'
import { closingLines, composeResult, stepSummary, writeReport } from '../report/index.ts'
import type { RunEnding } from '../run/index.ts'
import type { Io } from './io.ts'
import { printError } from './print-error.ts'

export interface ConcludeFlags {
  template?: string
  json?: boolean
}

/** Makes result and report of a run that has just ended, says how it went, and returns its exit code. */
export async function conclude(ending: RunEnding, flags: ConcludeFlags, io: Io): Promise<number> {
  for (const leftover of ending.leftovers) io.stderr.write(`gameday: could not be taken down: ${leftover}\n`)
  if (ending.recordsFailure !== null) return withoutRecords(ending, io)
  const records = readRecords(ending.dir)
  const result = composeResult(records)
  const { reportPath } = await writeReport({
    dir: ending.dir,
    result,
    records,
    ...(flags.template === undefined ? {} : { template: flags.template }),
  })
  const out = flags.json === true ? io.stderr : io.stdout
  out.write(`${closingLines(result, reportPath).join('\n')}\n`)
  if (io.env.GITHUB_STEP_SUMMARY) writeStepSummary(io.env.GITHUB_STEP_SUMMARY, stepSummary(result), io)
  return result.exitCode
}

/** The records broke off, so they cannot say how it ended; what is known is whether everything was put back. */
function withoutRecords({ dir, restored, recordsFailure }: RunEnding, io: Io): number {
  printError(
    recordsFailure instanceof GamedayError
      ? recordsFailure
      : new GamedayError(`cannot write the records in ${dir}: ${messageOf(recordsFailure)}`, {
          code: 'RECORDS_UNWRITABLE',
        }),
    io,
  )
  io.stderr.write(
    restored
      ? `  The drill was stopped; everything it broke is restored and proven. What was recorded until then: gameday report ${dir}\n`
      : `  The drill was stopped, and something may still be broken: see the rollback record.\n`,
  )
  return restored ? EXIT.aborted : EXIT.rollbackFailed
}

function writeStepSummary(path: string, text: string, io: Io): void {
  try {
    appendFileSync(path, text)
  } catch (error) {
    // The verdict stands whether or not CI can show it.
    io.stderr.write(`gameday: cannot write the step summary ${path}: ${messageOf(error)}\n`)
  }
}
