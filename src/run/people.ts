import { GamedayError } from '../base/index.ts'
import type { EngineHands, NoteDraft, Person } from '../crew/index.ts'
import type { JournalEvent } from '../record/index.ts'
import type { RunContext } from './context.ts'

/** How what people say becomes a line of the journal, or the end of the drill. */
export function peopleHands(context: RunContext): EngineHands {
  const { say, elapsed, ending, journalist } = context
  const notes = new Set<string>()
  const write = (event: JournalEvent) => {
    if (context.over) throw tooLate()
    if (say(event) === null) throw notWritten(journalist.failure)
  }
  return {
    nowMs: elapsed,
    note: (draft, by) => {
      const note = `n${notes.size + 1}`
      write({ type: 'note', note, kind: draft.kind, forMs: draft.forMs, ...words(draft, by) })
      notes.add(note)
      return note
    },
    correct: (note, draft, by) => {
      if (!context.over && !notes.has(note)) return `there is no note ${note}`
      const { dated, forMs } = draft
      write({ type: 'note.corrected', note, ...(dated ? { forMs } : {}), ...words(draft, by) })
      return null
    },
    abort: ({ name, role, script }) =>
      ending.decide({
        reason: 'abort',
        rule: script === true ? 'script' : 'person',
        detail: `${name} (${role}) said stop`,
        who: `${name} (${role})`,
      }),
    trouble: (message) => void say({ type: 'error', code: 'TERMINAL_FAILED', message, hint: null }),
    joined: ({ name, role }) => void say({ type: 'seat.joined', role, by: name }),
    left: ({ name, role }) => void say({ type: 'seat.left', role, by: name }),
  }
}

/** Who wrote what, as a note and its correction both say it. */
const words = ({ text, owner, due }: NoteDraft, { name, role, script }: Person) => ({
  role,
  by: name,
  text,
  ...(owner === null ? {} : { owner }),
  ...(due === null ? {} : { due }),
  ...(script === true ? { script } : {}),
})

function tooLate(): GamedayError {
  return new GamedayError('the drill is over, so nothing more is written down', { code: 'DRILL_OVER' })
}

function notWritten(cause: unknown): GamedayError {
  return new GamedayError('the journal cannot be written any more, so the note is lost: keep it elsewhere', {
    code: 'RECORDS_UNWRITABLE',
    cause,
  })
}
