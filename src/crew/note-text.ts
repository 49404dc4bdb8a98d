import { parseDuration } from '../base/index.ts'
import { FAULT_KINDS } from '../drill/index.ts'
import type { NoteKind } from '../record/index.ts'
import { clean } from './clean.ts'
import type { NoteDraft } from './crew.ts'
import { readDay } from './day.ts'

/** Longest note; what is longer belongs into a document. */
export const MOST_CHARACTERS = 2000

export interface NoteContext {
  /** When it was begun, on the drill's clock. */
  begunMs: number
  today: Date
}

/**
 * Reads a note as it was typed. `@-45s` or `@6:30` at its beginning says which moment it is about; in a to-do, `@name`
 * names the owner and `by <day>` at its end the day. Says what is wrong with it otherwise.
 */
export function readNote(
  kind: NoteKind,
  raw: string,
  { begunMs, today }: NoteContext,
): NoteDraft | { problem: string } {
  const typed = plainText(raw)
  const dated = backDated(typed, begunMs)
  if ('problem' in dated) return dated
  const { text, owner, due } =
    kind === 'to-do' ? assigned(dated.text, today) : { text: dated.text, owner: null, due: null }
  if (text === '') return { problem: 'there is nothing in it' }
  if (kind === 'diagnosis' && !isKind(text)) return { problem: `name one of ${FAULT_KINDS.join(', ')}` }
  if (text.length > MOST_CHARACTERS)
    return { problem: `it is ${text.length} characters long, and ${MOST_CHARACTERS} is the most` }
  return { kind, text, forMs: dated.forMs, dated: dated.dated, owner, due }
}

/** The moment that a note counts for, as far as it is typed; null while what it begins with is no time that was. */
export function noteMoment(raw: string, begunMs: number): number | null {
  const dated = backDated(plainText(raw), begunMs)
  return 'problem' in dated ? null : dated.forMs
}

const isKind = (text: string) => FAULT_KINDS.some((kind) => kind === text)

/** One line without anything that could steer a terminal. */
export function plainText(text: string): string {
  return clean(text).replace(/\s+/g, ' ').trim()
}

function backDated(
  text: string,
  begunMs: number,
): { text: string; forMs: number; dated: boolean } | { problem: string } {
  const mark = /^@(\S+)\s*(.*)$/.exec(text)
  if (mark === null) return { text, forMs: begunMs, dated: false }
  const [, when = '', rest = ''] = mark
  const forMs = momentOf(when, begunMs)
  // In a to-do `@name` comes first as well: only what begins like a time is one.
  if (forMs === null && !/^(?:[-+\d]|T\+)/.test(when)) return { text, forMs: begunMs, dated: false }
  if (forMs === null) return { problem: `@${when} is no time: write @-45s, @-2m or @6:30` }
  if (forMs < 0) return { problem: `@${when} is before the drill began` }
  if (forMs > begunMs) return { problem: `@${when} has not come yet` }
  return { text: rest, forMs, dated: true }
}

function momentOf(when: string, begunMs: number): number | null {
  const clock = /^(?:T\+)?(\d{1,3}):([0-5]\d)$/.exec(when)
  if (clock !== null) return (Number(clock[1]) * 60 + Number(clock[2])) * 1000
  const ago = when.startsWith('-') ? parseDuration(when.slice(1)) : null
  return ago === null ? null : begunMs - ago
}

function assigned(text: string, today: Date): { text: string; owner: string | null; due: string | null } {
  const by = /^(.*?)\s+by\s+(\S+)$/i.exec(text)
  const due = by === null ? null : readDay(by[2] ?? '', today)
  const rest = due === null || by === null ? text : (by[1] ?? '')
  const owner = /(?:^|\s)@([\p{L}\p{N}_.-]+)/u.exec(rest)
  return {
    text: owner === null ? rest : rest.replace(owner[0], '').trim(),
    owner: owner?.[1] ?? null,
    due,
  }
}
