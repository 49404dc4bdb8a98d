import { messageOf } from '../base/index.ts'
import type { JournalEntry, JournalEvent, Recorder } from '../record/index.ts'
import type { Ending } from './ending.ts'

/** Writes events without ever throwing: a full disk ends the drill, but must not keep a fault from being undone. */
export type Say = (event: JournalEvent, atMs?: number) => JournalEntry | null

/** The records of a run that may stop being writable at any moment. */
export interface Journalist {
  say: Say
  /** Runs what writes samples or attempts, under the same rule. */
  attempt: (write: () => void) => void
  /** The first failure to write; null while all is on disk. It counts however the drill ends. */
  readonly failure: unknown
}

/** Ends the drill at the first failure to write: what is not recorded was not proven. */
export function createJournalist(recorder: Recorder, ending: Ending): Journalist {
  let failure: unknown = null
  const failed = (error: unknown) => {
    failure ??= error
    ending.decide({ reason: 'abort', rule: 'records-unwritable', detail: messageOf(error), cause: error })
  }
  return {
    say: (event, atMs) => {
      try {
        return recorder.journal(event, atMs)
      } catch (error) {
        failed(error)
        return null
      }
    },
    attempt: (write) => {
      try {
        write()
      } catch (error) {
        failed(error)
      }
    },
    get failure() {
      return failure
    },
  }
}
