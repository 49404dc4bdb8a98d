import { GamedayError } from '../base/index.ts'
import type { EngineHands, NoteDraft } from '../crew/index.ts'
import type { RunContext } from './context.ts'

/** How what people say becomes a line of the journal, or the end of the drill. */
export function peopleHands({ say, elapsed, ending, journalist }: RunContext): EngineHands {
  const notes = new Set<string>()
  return {
    nowMs: elapsed,
    note: (draft, { name, role }) => {
      const note = `n${notes.size + 1}`
      const { kind, text, forMs } = draft
      const entry = say({ type: 'note', note, role, by: name, kind, text, forMs, ...assigned(draft) })
      if (entry === null) throw notWritten(journalist.failure)
      notes.add(note)
      return note
    },
    correct: (note, draft, { name, role }) => {
      if (!notes.has(note)) return `there is no note ${note}`
      const { text } = draft
      if (say({ type: 'note.corrected', note, role, by: name, text, ...assigned(draft) }) === null)
        throw notWritten(journalist.failure)
      return null
    },
    abort: ({ name, role }) =>
      ending.decide({ reason: 'abort', rule: 'person', detail: `${name} (${role}) said stop` }),
    joined: ({ name, role }) => void say({ type: 'seat.joined', role, by: name }),
    left: ({ name, role }) => void say({ type: 'seat.left', role, by: name }),
  }
}

const assigned = ({ owner, due }: NoteDraft) => ({
  ...(owner === null ? {} : { owner }),
  ...(due === null ? {} : { due }),
})

function notWritten(cause: unknown): GamedayError {
  return new GamedayError('the journal cannot be written any more, so the note is lost: keep it elsewhere', {
    code: 'RECORDS_UNWRITABLE',
    cause,
  })
}
