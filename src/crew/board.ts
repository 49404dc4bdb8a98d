import type { CrewRole } from '../base/index.ts'
import type { EventOf, JournalEntry, People } from '../record/index.ts'
import type { LiveStatus } from './crew.ts'
import type { OpenQuestion } from './question.ts'
import type { SeatRole } from './seat.ts'

const NOTES_KEPT = 5

/** What a frame is drawn from, as far as the drill itself goes. */
export interface BoardState {
  drill: { name: string; title: string } | null
  blind: boolean
  /** Who speaks for which role now: who joined for it, else who was named at the beginning. */
  people: People | null
  /** The roles that this seat speaks for, and the name under which it does. */
  roles: readonly SeatRole[]
  name: string
  status: LiveStatus | null
  /** What each role does in this phase, in lines to be read one after another. */
  said: Record<CrewRole, readonly string[]>
  /** The last notes as they read now, oldest first. */
  notes: readonly { id: string; forMs: number; kind: string; by: string; text: string }[]
  questions: readonly OpenQuestion[]
  /** What others are asked now, the soonest deadline first. */
  elsewhere: readonly OpenQuestion[]
  /** Verdict and numbers of the debrief; empty before it. */
  draft: readonly string[]
}

/** Keeps what there is to be shown of a drill, and tells when it changed. */
export interface Board {
  get(): BoardState
  subscribe(listener: () => void): () => void
  entry(entry: JournalEntry): void
  status(status: LiveStatus): void
  questions(open: readonly OpenQuestion[], elsewhere?: readonly OpenQuestion[]): void
  draft(lines: readonly string[]): void
  roles(roles: readonly SeatRole[], name: string): void
}

export function createBoard(seat: Pick<BoardState, 'roles' | 'name'>): Board {
  let assigned: People | null = null
  let state: BoardState = {
    drill: null,
    blind: false,
    people: null,
    ...seat,
    status: null,
    said: { lead: [], operator: [], scribe: [] },
    notes: [],
    questions: [],
    elsewhere: [],
    draft: [],
  }
  const listeners = new Set<() => void>()
  const become = (change: Partial<BoardState>) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    entry: (entry) => {
      if (entry.type === 'run.started') assigned = entry.run.people ?? null
      become({ ...afterEntry(state, entry), ...afterMove(state, entry, assigned) })
    },
    status: (status) => become({ status }),
    questions: (questions, elsewhere = []) => become({ questions, elsewhere }),
    draft: (draft) => become({ draft }),
    roles: (roles, name) => become({ roles, name }),
  }
}

/** Whoever joins speaks for their role; whoever leaves gives it back to whom it was given first. */
function afterMove(
  { people }: BoardState,
  entry: JournalEntry,
  assigned: People | null,
): Partial<BoardState> {
  if ((entry.type !== 'seat.joined' && entry.type !== 'seat.left') || people === null || assigned === null)
    return {}
  const { role, by } = entry
  return role === 'observer'
    ? {}
    : { people: { ...people, [role]: entry.type === 'seat.joined' ? by : assigned[role] } }
}

function afterEntry({ said, notes }: BoardState, entry: JournalEntry): Partial<BoardState> {
  if (entry.type === 'run.started') {
    const { name, title } = entry.drill
    const { people = null, blind = false } = entry.run
    return { drill: { name, title }, people, blind }
  }
  if (entry.type === 'phase.started') return { said: { lead: [], operator: [], scribe: [] } }
  if (entry.type === 'said') return { said: { ...said, [entry.role]: [...said[entry.role], entry.text] } }
  if (entry.type === 'note') return { notes: [...notes, noteOf(entry)].slice(-NOTES_KEPT) }
  if (entry.type === 'note.corrected')
    return { notes: notes.map((note) => (note.id === entry.note ? { ...note, text: entry.text } : note)) }
  return {}
}

const noteOf = ({ note, forMs, kind, by, text }: EventOf<'note'>) => ({ id: note, forMs, kind, by, text })
