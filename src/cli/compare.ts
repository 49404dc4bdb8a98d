import { EXIT, GamedayError } from '../base/index.ts'
import {
  compareRuns,
  comparisonMarkdown,
  comparisonText,
  fromResult,
  sideOf,
  type Comparison,
  type Side,
} from '../report/index.ts'
import { findRun } from './find-run.ts'
import type { Io } from './io.ts'
import { refuseLiving } from './refuse-living.ts'

export interface CompareFlags {
  out?: string
  json?: boolean
  markdown?: boolean
}

/**
 * Compares two runs of a drill, the second with the first. Throws `NOT_COMPARABLE` where they broke different things,
 * `RUN_UNKNOWN` or `RUN_AMBIGUOUS` for what names no run.
 */
export async function compare(first: string, second: string, flags: CompareFlags, io: Io): Promise<number> {
  if (flags.json === true && flags.markdown === true)
    throw new GamedayError('--json and --markdown cannot both be given', {
      code: 'BAD_FLAG',
      hint: 'Choose one.',
    })
  const sides: Side[] = []
  for (const run of [first, second]) {
    const folder = findRun(run, flags.out ?? 'reports')
    await refuseLiving(folder, io)
    sides.push(readSide(folder))
  }
  const [before, after] = sides as [Side, Side]
  io.stdout.write(drawn(compareRuns(before, after), flags, io))
  return EXIT.ok
}

function readSide(folder: string): Side {
  try {
    return fromResult(folder, sideOf)
  } catch (error) {
    if (!(error instanceof GamedayError)) throw error
    throw new GamedayError(`cannot read the run in ${folder}: ${error.message}`, {
      code: error.code,
      exitCode: EXIT.usage,
      hint: error.hint ?? 'Read it with the version of gameday that wrote it.',
      cause: error,
    })
  }
}

function drawn(comparison: Comparison, { json, markdown }: CompareFlags, { stdout }: Io): string {
  if (json === true) return `${JSON.stringify(comparison, null, 2)}\n`
  if (markdown === true) return comparisonMarkdown(comparison)
  return comparisonText(comparison, stdout.isTTY === true ? (stdout.columns ?? 80) : 80)
}
