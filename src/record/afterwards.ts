import { join } from 'node:path'
import { journalStampSchema, type JournalEntry, type JournalEvent } from './journal.ts'
import { continueLineFile, readLineFile } from './lines.ts'

/** Who else writes about a run, each into a file of its own: two writers in one file could tear each other's lines. */
export const OTHER_WRITERS = ['watchdog', 'recover'] as const
export type OtherWriter = (typeof OTHER_WRITERS)[number]

/** Name of the file in a run's folder. Its lines have the form of the journal's, and are read with them. */
export const fileOf = (writer: OtherWriter) => `${writer}.ndjson`

export interface Afterwards {
  /** Throws `RECORDS_UNWRITABLE`. */
  write(event: JournalEvent, stamp: { atMs: number; at: Date }): JournalEntry
  close(): void
}

/** Opens what somebody else than the runner says about a run, to go on after what was said before. */
export function openAfterwards(dir: string, writer: OtherWriter): Afterwards {
  const { file, lines } = continueLineFile(join(dir, fileOf(writer)))
  let entries = lines
  return {
    write: (event, { atMs, at }) => {
      const entry: JournalEntry = {
        id: `${writer[0]}${++entries}`,
        atMs: Math.round(atMs * 1000) / 1000,
        at: at.toISOString(),
        ...event,
      }
      file.append(entry)
      return entry
    },
    close: () => file.close(),
  }
}

/** When a run began, on the wall clock; null if its journal does not say. */
export function startOfRun(dir: string): Date | null {
  try {
    for (const value of readLineFile(join(dir, 'journal.ndjson'))) {
      const stamp = journalStampSchema.safeParse(value)
      return stamp.success ? new Date(Date.parse(stamp.data.at) - stamp.data.atMs) : null
    }
  } catch {
    // Killed before its first line, or not readable: then nobody can say.
  }
  return null
}
