import { existsSync } from 'node:fs'
import { EXIT, GamedayError } from '../base/index.ts'
import { historyData, historyLines, readHistory } from '../report/index.ts'
import { livingRuns, stateFolder } from '../rollback/index.ts'
import type { Io } from './io.ts'
import { windowOf } from './window.ts'

export interface HistoryFlags {
  out?: string
  json?: boolean
}

/** Tells which drills were held, with whom, how they went, and which re-tests are due. */
export async function history(flags: HistoryFlags, io: Io): Promise<number> {
  const folder = flags.out ?? 'reports'
  if (flags.out !== undefined && !existsSync(folder)) {
    throw new GamedayError(`there is no folder ${folder}`, {
      code: 'HISTORY_UNREADABLE',
      hint: 'Name the folder that holds the folders of your runs; without --out it is reports/.',
    })
  }
  const past = readHistory(folder, await livingRuns(stateFolder(io.env)))
  const today = io.clock.wall()
  for (const { folder: run, why } of past.unreadable) io.stderr.write(`gameday: cannot read ${run}: ${why}\n`)
  if (flags.json === true) io.stdout.write(`${JSON.stringify(historyData(past, today), null, 2)}\n`)
  else if (past.drills.length === 0) io.stdout.write(`No drill is in ${folder}/ yet. Hold one: gameday run\n`)
  else io.stdout.write(`${historyLines(past, today, drawing(io)).join('\n')}\n`)
  return EXIT.ok
}

/** A pipe gets whole lines. */
function drawing(io: Io) {
  const { glyphs } = windowOf(io)()
  return { glyphs, columns: io.stdout.isTTY === true ? (io.stdout.columns ?? 80) : null }
}
