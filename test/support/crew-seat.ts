import type { LiveStatus, OpenQuestion, Question, Seat, SeatRole } from '../../src/crew/index.ts'
import type { JournalEntry } from '../../src/record/index.ts'

/** A seat that remembers what it was told. */
export interface RecordingSeat extends Seat {
  entries: JournalEntry[]
  statuses: LiveStatus[]
  open: readonly OpenQuestion[]
  elsewhere: readonly OpenQuestion[]
  shown: string[]
  speaksFor: readonly SeatRole[]
  closed: boolean
}

export function recordingSeat(): RecordingSeat {
  const seat: RecordingSeat = {
    entries: [],
    statuses: [],
    open: [],
    elsewhere: [],
    shown: [],
    speaksFor: [],
    closed: false,
    entry: (entry) => void seat.entries.push(entry),
    status: (status) => void seat.statuses.push(status),
    questions: (open, elsewhere = []) => {
      seat.open = open
      seat.elsewhere = elsewhere
    },
    show: (lines) => void seat.shown.push(...lines),
    roles: (roles) => {
      seat.speaksFor = roles
    },
    close: async () => {
      seat.closed = true
    },
  }
  return seat
}

export const gates = (seat: RecordingSeat) => seat.open.map(({ gate }) => gate)

/** A go or no-go for the lead, open until 60 s. */
export const someQuestion = (change: Partial<Question> = {}): Question => ({
  gate: 'go / no-go',
  role: 'lead',
  kind: 'choice',
  text: 'Break it?',
  options: ['go', 'no-go'],
  hint: 'go or no-go',
  default: 'no-go',
  deadlineMs: 60_000,
  read: (text) => (['go', 'no-go'].includes(text) ? { value: text } : { problem: 'write go or no-go' }),
  ...change,
})

export const PEOPLE = { lead: 'Ana', operator: 'Ben', scribe: 'Cleo' }
