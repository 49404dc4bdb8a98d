import type { JournalEntry } from '../../record/index.ts'
import type { Person } from '../crew.ts'
import type { NoteReceipt, NoteWish, Seat, SeatHands } from '../seat.ts'

/** What a hub needs of the desk. */
export interface DeskDoor {
  /** `clock.now()` at the drill's start; null until there is a drill to join. */
  readonly epochMs: number | null
  /** Throws `ROLE_TAKEN`. */
  sit: (seat: Seat, who: Person) => SeatHands
  leave: (seat: Seat) => void
  /** What this seat is told of what was before it sat down. */
  backlog: (seat: Seat) => readonly JournalEntry[]
  /** Writes down what somebody says who does not sit down, and so takes no role from anybody. */
  jot: (wish: NoteWish, who: Person) => Promise<NoteReceipt>
}
