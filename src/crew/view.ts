import type { JournalEntry } from '../record/index.ts'
import type { LiveStatus } from './crew.ts'
import type { Seat } from './seat.ts'

/** Shows a drill to somebody: on a terminal, as lines, as JSON, or to nobody. */
export interface View {
  entry(entry: JournalEntry): void
  status(status: LiveStatus): void
  /** Lines that are no journal entries. */
  show(lines: readonly string[]): void
  close(): void
}

/** A view as a seat: it is shown everything and asked nothing. */
export function viewSeat(view: View): Seat {
  return {
    entry: (entry) => view.entry(entry),
    status: (status) => view.status(status),
    questions: () => undefined,
    show: (lines) => view.show(lines),
    close: async () => view.close(),
  }
}
