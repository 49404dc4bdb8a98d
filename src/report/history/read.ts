import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { EXIT, GamedayError, messageOf, systemCode } from '../../base/index.ts'
import { readRecords } from '../../record/index.ts'
import { composeResult } from '../compose.ts'
import { asInProgress, pastOf, type PastDrill } from './past.ts'

/** All drills in a folder of reports. */
export interface History {
  /** Oldest first. */
  drills: PastDrill[]
  /** Folders of runs that cannot be read, and why: none is passed over in silence. */
  unreadable: { folder: string; why: string }[]
}

/** The name of a run's folder begins with its day; others, such as that of an example, are no drills of anybody's. */
const RUN_FOLDER = /^\d{4}-\d{2}-\d{2}-/
/** What others write beside a result that is drawn already; it can change the verdict. */
const WRITTEN_LATER = ['watchdog.ndjson', 'recover.ndjson']

/**
 * Reads the drills whose folders are in a folder of reports; none where it does not exist. Those of runs that are still
 * alive are in progress.
 * Throws `HISTORY_UNREADABLE` when the folder itself cannot be read.
 */
export function readHistory(folder: string, living: readonly { dir: string }[] = []): History {
  // By name, which ends with the run's id: the folder itself may have been reached on another path.
  const alive = new Set(living.map(({ dir }) => basename(dir)))
  const drills: PastDrill[] = []
  const unreadable: History['unreadable'] = []
  for (const run of runFolders(folder)) {
    const isAlive = alive.has(basename(run))
    try {
      drills.push(isAlive ? asInProgress(readPast(run)) : readPast(run))
    } catch (error) {
      // One that has only just begun has written nothing yet.
      if (!isAlive) unreadable.push({ folder: run, why: whyNot(error) })
    }
  }
  return { drills: drills.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt)), unreadable }
}

function runFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .filter((entry) => RUN_FOLDER.test(entry.name))
      .map(({ name }) => join(folder, name))
      .toSorted()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw new GamedayError(`cannot read the folder of reports ${folder}: ${messageOf(error)}`, {
      code: 'HISTORY_UNREADABLE',
      exitCode: EXIT.usage,
      hint: 'Name the folder that holds the folders of your runs with --out.',
      cause: error,
    })
  }
}

const holds = (folder: string, file: string) => existsSync(join(folder, file))

const readPast = (folder: string) => fromResult(folder, (result) => pastOf(folder, result))

/**
 * Makes something of a run's result as it was written; from the records where there is none, where nothing can be made
 * of it, or where they know more. Throws `RECORDS_UNREADABLE`, or whatever `make` throws.
 */
export function fromResult<T>(folder: string, make: (result: unknown) => T): T {
  if (holds(folder, 'result.json') && !isStale(folder)) {
    try {
      return make(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')))
    } catch (error) {
      if (!holds(folder, 'journal.ndjson')) throw error
    }
  }
  if (!holds(folder, 'journal.ndjson'))
    throw new GamedayError('it has neither a result.json nor a journal.ndjson', {
      code: 'RECORDS_UNREADABLE',
    })
  return make(composeResult(readRecords(folder)))
}

function isStale(folder: string): boolean {
  const changedAt = (file: string) => statSync(join(folder, file)).mtimeMs
  return WRITTEN_LATER.some((file) => holds(folder, file) && changedAt(file) > changedAt('result.json'))
}

/** One line: what a check of a whole file finds wrong can be long. */
function whyNot(error: unknown): string {
  const [first = ''] =
    messageOf(error)
      .replace(/\s+/g, ' ')
      .match(/^.{0,200}/) ?? []
  return first
}
