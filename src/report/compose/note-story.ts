import type { EventOf, JournalEntry } from '../../record/index.ts'

type Written = JournalEntry<EventOf<'note'>>
type Correction = JournalEntry<EventOf<'note.corrected'>>

/** A note as it was last corrected; what a correction does not name stays as it was. */
export interface NoteStory {
  written: Written
  /** In the order in which they were written. */
  corrections: Correction[]
  text: string
  /** The moment it is about. */
  atMs: number
  owner: string | null
  due: string | null
}

/** Brings a note together with its corrections. Pure. */
export function noteStory(written: Written, all: readonly Correction[]): NoteStory {
  const corrections = all.filter(({ note }) => note === written.note)
  const versions = [written, ...corrections]
  return {
    written,
    corrections,
    text: versions.at(-1)?.text ?? written.text,
    atMs: corrections.findLast(({ forMs }) => forMs !== undefined)?.forMs ?? written.forMs,
    owner: versions.findLast(({ owner }) => owner !== undefined)?.owner ?? null,
    due: versions.findLast(({ due }) => due !== undefined)?.due ?? null,
  }
}
