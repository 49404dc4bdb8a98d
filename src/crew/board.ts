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
}

/** Keeps what there is to be shown of a drill, and tells when it changed. */
export interface Board {
  get(): BoardState
  subscribe(listener: () => void): () => void
  entry(entry: JournalEntry): void
  status(status: LiveStatus): void
  questions(open: readonly OpenQuestion[]): void
  roles(roles: readonly SeatRole[], name: string): void
}

export function createBoard(seat: Pick<BoardState, 'roles' | 'name'>): Board {
  let state: BoardState = {
    drill: null,
    blind: false,
    people: null,
    ...seat,
    status: null,
    said: { lead: [], operator: [], scribe: [] },
    notes: [],
    questions: [],
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
    entry: (entry) => become(afterEntry(state, entry)),
    status: (status) => become({ status }),
    questions: (questions) => become({ questions }),
    roles: (roles, name) => become({ roles, name }),
  }
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
