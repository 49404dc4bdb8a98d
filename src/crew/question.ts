import type { CrewRole } from '../base/index.ts'

/** A question that is put to one role, as any terminal can show it; it travels over the socket as it is. */
export interface OpenQuestion {
  /** Names it in the journal; one of a name is open at a time. */
  gate: string
  role: CrewRole
  /** `choice`: one of the options; `typed`: the name of the thing, whole; `text`: anything. All are typed, then Enter. */
  kind: 'choice' | 'typed' | 'text'
  text: string
  options: readonly string[]
  /** What to type, in a few words. */
  hint: string
  /** What counts when nobody answers in time; null where nothing does. */
  default: string | null
  /** On the drill's clock. */
  deadlineMs: number
}

/** What was typed, understood or not. */
export type Reading = { value: string } | { problem: string }

/** A question as its asker puts it. The clock never waits: past the deadline the default counts. */
export interface Question extends OpenQuestion {
  /** What only those are told who may know what is broken in a blind drill. */
  secret?: string
  /** Understands what was typed; whoever typed it is told the problem and may try again. */
  read: (text: string) => Reading
}

/** Who answered, and what. */
export interface Reply {
  value: string
  by: 'person' | 'clock' | 'script'
  who: string | null
  reason: string
}

/** A question as a seat is shown it: with its secret for those who may know. */
export function openPart(question: Question, maySee: boolean): OpenQuestion {
  const { gate, role, kind, options, hint, default: fallback, deadlineMs, secret } = question
  const text = maySee && secret !== undefined ? `${question.text} ${secret}` : question.text
  return { gate, role, kind, text, options, hint, default: fallback, deadlineMs }
}
