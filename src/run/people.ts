import { GamedayError } from '../base/index.ts'
import type { EngineHands, NoteDraft } from '../crew/index.ts'
import type { RunContext } from './context.ts'

/** How what people say becomes a line of the journal, or the end of the drill. */
export function peopleHands(context: RunContext): EngineHands {
  const { say, elapsed, ending, journalist } = context
  const notes = new Set<string>()
  return {
    nowMs: elapsed,
    note: (draft, { name, role, script }) => {
      if (context.over) throw tooLate()
      const note = `n${notes.size + 1}`
      const { kind, text, forMs } = draft
      const entry = say({
        type: 'note',
        note,
        role,
        by: name,
        kind,
        text,
        forMs,
        ...assigned(draft),
        ...scripted(script),
      })
      if (entry === null) throw notWritten(journalist.failure)
      notes.add(note)
      return note
    },
    correct: (note, draft, { name, role, script }) => {
      if (context.over) throw tooLate()
      if (!notes.has(note)) return `there is no note ${note}`
      const { text, forMs, dated } = draft
      const entry = say({
        type: 'note.corrected',
        note,
        role,
        by: name,
        text,
        ...(dated ? { forMs } : {}),
        ...assigned(draft),
        ...scripted(script),
      })
      if (entry === null) throw notWritten(journalist.failure)
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

const scripted = (script: true | undefined) => (script === true ? { script } : {})

const assigned = ({ owner, due }: NoteDraft) => ({
  ...(owner === null ? {} : { owner }),
  ...(due === null ? {} : { due }),
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
