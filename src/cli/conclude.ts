import { appendFileSync } from 'node:fs'
import { EXIT, GamedayError, messageOf } from '../base/index.ts'
import { readRecords, type Records, type Result } from '../record/index.ts'
import { wrapped } from '../crew/index.ts'
import { closingLines, composeResult, stepSummary, writeReport } from '../report/index.ts'
import type { RunEnding } from '../run/index.ts'
import type { Io, Output } from './io.ts'
import { printError } from './print-error.ts'

/** Where the values of the closing lines begin. */
const VALUE_COLUMN = 12

export interface ConcludeFlags {
  template?: string
  json?: boolean
}

/**
 * Makes result and report of a run that has just ended, says how it went, and returns its exit code. Whatever cannot be
 * written now, the verdict is said and returned.
 */
export async function conclude(ending: RunEnding, flags: ConcludeFlags, io: Io): Promise<number> {
  for (const leftover of ending.leftovers) io.stderr.write(`gameday: could not be taken down: ${leftover}\n`)
  if (ending.undoByHand.length > 0) sayByHand(ending.undoByHand, io)
  if (ending.recordsFailure !== null) return withoutRecords(ending, io)

  const records = readRecords(ending.dir)
  const result = composeResult(records)
  const written = await write(ending.dir, result, records, flags, io)
  const out = flags.json === true ? io.stderr : io.stdout
  out.write(`${fitted(closingLines(result, written.path), out)}\n`)
  if (flags.json === true) {
    const { verdict, exitCode, decidedBy } = result
    io.stdout.write(`${JSON.stringify({ type: 'result', verdict, exitCode, decidedBy, dir: ending.dir })}\n`)
  }
  if (io.env.GITHUB_STEP_SUMMARY) writeStepSummary(io.env.GITHUB_STEP_SUMMARY, stepSummary(result), io)
  // A report that is missing must not look like a drill that held; a worse verdict says more than that.
  return result.exitCode === EXIT.ok && !written.whole ? EXIT.internal : result.exitCode
}

async function write(
  dir: string,
  result: Result,
  records: Records,
  { template }: ConcludeFlags,
  io: Io,
): Promise<{ path: string; whole: boolean }> {
  try {
    const { reportPath } = await writeReport({
      dir,
      result,
      records,
      ...(template === undefined ? {} : { template }),
    })
    return { path: reportPath, whole: true }
  } catch (error) {
    printError(error, io)
    // A mistake in a template that shows only when it is filled in: the shipped one always works.
    if (template !== undefined) return write(dir, result, records, {}, io)
    return { path: `none; draw it again with gameday report ${dir}`, whole: false }
  }
}

/** Wraps at words on a terminal; anything else gets the lines as they are. */
function fitted(lines: readonly string[], { isTTY, columns = 80 }: Output): string {
  return lines
    .map((line, index) => (isTTY ? wrapped(line, index === 0 ? 0 : VALUE_COLUMN, columns) : line))
    .join('\n')
}

/** What may still be broken comes first, and with the commands that undo it: whoever reads this has little time. */
function sayByHand(commands: readonly string[], { stderr }: Io): void {
  stderr.write('gameday: SOMETHING MAY STILL BE BROKEN. To undo it by hand:\n')
  for (const command of commands) stderr.write(`  ${command}\n`)
  if (commands.some((command) => command.includes('$TOKEN'))) {
    stderr.write('  TOKEN is in the rollback record, under the state folder, readable by you alone.\n')
  }
  stderr.write('  Or let gameday do it when the server answers again: gameday recover\n')
}

/** The records broke off, so they cannot say how it ended; what is known is whether everything was put back. */
function withoutRecords({ dir, undoByHand, recordsFailure }: RunEnding, io: Io): number {
  printError(
    recordsFailure instanceof GamedayError
      ? recordsFailure
      : new GamedayError(`cannot write the records in ${dir}: ${messageOf(recordsFailure)}`, {
          code: 'RECORDS_UNWRITABLE',
        }),
    io,
  )
  const restored = undoByHand.length === 0
  if (restored) {
    io.stderr.write(
      `  The drill was stopped; everything it broke is restored and proven. What was recorded until then: gameday report ${dir}\n`,
    )
  }
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
