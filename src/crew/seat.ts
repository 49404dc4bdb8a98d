import type { CrewRole } from '../base/index.ts'
import type { JournalEntry, NoteKind } from '../record/index.ts'
import type { LiveStatus } from './crew.ts'
import type { OpenQuestion } from './question.ts'

export type SeatRole = CrewRole | 'observer'

/** One place from which a drill is watched and spoken to: the lead's terminal, a joined one, a script. */
export interface Seat {
  entry(entry: JournalEntry): void
  status(status: LiveStatus): void
  /** All questions that are open to this seat now, and those that others are asked. */
  questions(open: readonly OpenQuestion[], elsewhere?: readonly OpenQuestion[]): void
  /** Shows lines that are no journal entries. */
  show(lines: readonly string[]): void
  /** Keeps verdict and numbers of the debrief in sight; they have been shown as lines. */
  draft?(lines: readonly string[]): void
  /** Told which roles it speaks for, and under which name, whenever that changes. */
  roles?(roles: readonly SeatRole[], name: string): void
  /** Hands in what is half typed and takes no more: the drill ends in a moment. */
  finish?(): Promise<void>
  /** The drill is over, or the seat is taken away. Leaves a terminal as it was found. */
  close(): Promise<void>
}

/** What somebody wants to be written down. */
export interface NoteWish {
  kind: NoteKind
  /** As typed: `@-45s` at its beginning dates it back; in a to-do, `@name` names the owner and `by <date>` the day. */
  text: string
  /** When it was begun, on the drill's clock. */
  begunMs: number
  /** Id of the note that this one corrects; null for a new one. */
  corrects: string | null
  /** Whose note it is, for whoever holds several roles; the seat decides where it is left out. */
  as?: CrewRole
}

/** What became of a wish: the note's id and, of a new one, the moment it is about; or why nothing was written. */
export type NoteReceipt = { id: string; forMs?: number } | { problem: string }

/** What a seat can do. Remote seats have the same hands, through a socket. */
export interface SeatHands {
  /** The drill's clock. */
  nowMs(): number
  /** Resolves when the note is on disk, or with why it is not. */
  note(wish: NoteWish): Promise<NoteReceipt>
  /** Answers an open question; resolves with the problem if it was not understood, or came too late. */
  answer(gate: string, text: string): Promise<string | null>
  /** Ends the drill and restores. One key, no question. */
  abort(): void
}
