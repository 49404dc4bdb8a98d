import { messageOf } from '../base/index.ts'
import type { JournalEntry, JournalEvent, Recorder } from '../record/index.ts'
import type { Ending } from './ending.ts'

/** Writes events without ever throwing: a full disk ends the drill, but must not keep a fault from being undone. */
export type Say = (event: JournalEvent, atMs?: number) => JournalEntry | null

export function createSay(recorder: Recorder, ending: Ending): Say {
  return (event, atMs) => {
    try {
      return recorder.journal(event, atMs)
    } catch (error) {
      unwritable(ending, error)
      return null
    }
  }
}

/** Ends the drill because its records cannot be written: what is not recorded was not proven. */
export function unwritable(ending: Ending, error: unknown): void {
  ending.decide({ reason: 'abort', rule: 'records-unwritable', detail: messageOf(error), cause: error })
}
