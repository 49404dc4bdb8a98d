import type { JournalEntry, NoteKind } from '../record/index.ts'
import { hideEntry, isReveal } from './hide.ts'

/** How many entries somebody who comes late is told of, besides those that a frame cannot do without. */
const KEPT = 300

/** What a desk remembers of a drill for those who come late, and of what it hides. */
export interface Memory {
  /** Takes in what was written. Returns what was hidden until now, a line for each fault, at the moment of the reveal. */
  entry: (entry: JournalEntry) => readonly string[]
  /** Whether everybody may know what is broken. */
  isRevealed: () => boolean
  /** What somebody is told who comes now. */
  backlog: (maySee: boolean) => readonly JournalEntry[]
  /** The kind of a note by its id. */
  kindOf: (note: string) => NoteKind | null
}

export function createMemory({ blind }: { blind: boolean }): Memory {
  let entries: JournalEntry[] = []
  let revealed = !blind
  const kinds = new Map<string, NoteKind>()
  const hidden: string[] = []
  return {
    entry: (entry) => {
      if (entry.type === 'note') kinds.set(entry.note, entry.kind)
      if (entry.type === 'fault.requested')
        hidden.push(`Fault ${entry.fault + 1} was ${entry.kind} on ${entry.target}.`)
      entries = trimmed([...entries, entry])
      if (revealed || !isReveal(entry)) return []
      revealed = true
      return hidden
    },
    isRevealed: () => revealed,
    backlog: (maySee) => (maySee || revealed ? entries : entries.map(hideEntry)),
    kindOf: (note) => kinds.get(note) ?? null,
  }
}

/** Lets the oldest entry go that no frame needs: it draws the drill's head, its notes, and what is said in this phase. */
function trimmed(entries: JournalEntry[]): JournalEntry[] {
  if (entries.length <= KEPT) return entries
  const phase = entries.findLastIndex(({ type }) => type === 'phase.started')
  const gone = entries.findIndex(
    ({ type }, index) =>
      !['run.started', 'note', 'note.corrected'].includes(type) &&
      !(index >= phase && (type === 'phase.started' || type === 'said')),
  )
  return gone === -1 ? entries : entries.toSpliced(gone, 1)
}
