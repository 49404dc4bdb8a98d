import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GamedayError } from '../base/index.ts'
import { attemptSchema, type Attempt } from './attempt.ts'
import { journalEventSchema, journalStampSchema, type JournalEntry } from './journal.ts'
import { createLedger, type Ledger } from './join.ts'
import { readLineFile } from './lines.ts'
import { fileOf, OTHER_WRITERS } from './afterwards.ts'
import { sampleSchema, type Sample } from './sample.ts'

/** The three records of a run: the only truth. */
export interface Records {
  journal: JournalEntry[]
  /** Joined with the attempts anew, so that facts which came late count. */
  samples: Sample[]
  attempts: Attempt[]
}

interface Parser<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { message: string } }
}

/**
 * Reads the records of a run, finished or killed, with what watchdog and recover said of it. Throws `RECORDS_UNREADABLE`
 * with file and line.
 */
export function readRecords(dir: string): Records {
  const own = readAll(join(dir, 'journal.ndjson'), entryParser)
  const others = OTHER_WRITERS.flatMap((writer) => readAll(join(dir, fileOf(writer)), entryParser))
  const journal = others.reduce(inserted, own)
  const attempts = readAll(join(dir, 'attempts.ndjson'), attemptSchema)
  const ledger = createLedger(attempts)
  const samples = readAll(join(dir, 'samples.ndjson'), joined(ledger))
  return { journal, samples, attempts }
}

/** Puts another writer's line where it belongs by time. The runner's own keep their order: some are stamped with the past. */
function inserted(journal: JournalEntry[], line: JournalEntry): JournalEntry[] {
  return journal.toSpliced(journal.findLastIndex(({ atMs }) => atMs <= line.atMs) + 1, 0, line)
}

/** Checks a line of the journal: its stamp and its event. */
export const entryParser: Parser<JournalEntry> = {
  safeParse: (value) => {
    const stamp = journalStampSchema.safeParse(value)
    if (!stamp.success) return stamp
    const { id: _id, atMs: _atMs, at: _at, ...event } = value as Record<string, unknown>
    const parsed = journalEventSchema.safeParse(event)
    return parsed.success ? { success: true, data: { ...stamp.data, ...parsed.data } } : parsed
  },
}

/** Joins each sample as it is read: two lists of 90,000 at a time would cost 20 MB for nothing. */
function joined(ledger: Ledger): Parser<Sample> {
  return {
    safeParse: (value) => {
      const parsed = sampleSchema.safeParse(value)
      return parsed.success ? { success: true, data: ledger.join(parsed.data, parsed.data.phase) } : parsed
    },
  }
}

function readAll<T>(path: string, parser: Parser<T>): T[] {
  // A run killed before its load began has a journal and no more.
  if (!existsSync(path) && !path.endsWith('journal.ndjson')) return []
  const records: T[] = []
  for (const value of readLineFile(path)) {
    const parsed = parser.safeParse(value)
    if (!parsed.success) {
      throw new GamedayError(
        `${path}:${records.length + 1}: not a record that this version writes: ${parsed.error.message}`,
        {
          code: 'RECORDS_UNREADABLE',
          hint: 'Read it with the version of gameday that wrote it; its number is in the first line of the journal.',
        },
      )
    }
    records.push(parsed.data)
  }
  return records
}
