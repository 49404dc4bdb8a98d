import type { JournalEntry } from '../record/index.ts'
import type { LiveStatus } from './crew.ts'

/** Shows a drill to somebody: on a terminal, as lines, as JSON, or to nobody. */
export interface View {
  entry(entry: JournalEntry): void
  status(status: LiveStatus): void
  close(): void
}
