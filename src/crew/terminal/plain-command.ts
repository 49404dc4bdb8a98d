import { NOTE_KINDS, type NoteKind } from '../../record/index.ts'
import type { BoardState } from '../board.ts'
import { clean } from '../clean.ts'
import { keysOf } from '../frame/index.ts'
import { inTurn } from './asked.ts'

/** A line that somebody typed where there are no single keys, understood. */
export type PlainCommand =
  | { does: 'note'; kind: NoteKind; text: string }
  | { does: 'correct'; note: string | null; text: string }
  | { does: 'answer'; gate: string; text: string }
  /** The text is what was typed behind the sign. */
  | { does: 'abort'; text: string }
  | { does: 'help' | 'leave' | 'nothing' }
  | { does: 'unclear'; problem: string }

/**
 * Reads a line: a key of the cockpit's and what follows it, or else the answer to what is asked. Where any text may be
 * the answer every line is, even an empty one; there a command begins with `/`, which it may do at any time. A line that
 * begins with `!`, or is the word abort, aborts whatever is asked.
 */
export function readCommand(typed: string, board: BoardState): PlainCommand {
  const line = clean(typed).trim()
  const asked = inTurn(board.questions)[0]
  const abort = ABORT.exec(line)
  if (abort !== null && can(board, 'abort')) return { does: 'abort', text: abort[1] ?? '' }
  if (line === '?') return { does: 'help' }
  const slashed = line.startsWith('/') ? keyed(line.slice(1).trim(), board) : null
  if (slashed !== null) return slashed
  if (asked?.kind === 'text') return { does: 'answer', gate: asked.gate, text: line }
  if (line === '') return { does: 'nothing' }
  const command = keyed(line, board)
  // `n` alone is as good an answer as `no`.
  if (asked !== undefined && (command === null || command.does === 'unclear'))
    return { does: 'answer', gate: asked.gate, text: line }
  return command ?? { does: 'unclear', problem: `"${line}" is not understood; ? lists what can be typed` }
}

/** With what stands behind it. The word alone: "abort took too long" may well be an answer. */
const ABORT = /^\/?(?:!(?:\s*abort\b)?[!.\s]*(.*)|abort[!.]*)$/i

const can = (board: BoardState, what: string) => keysOf(board).some(({ does }) => does === what)

/** A key of this seat and what follows it; null for what begins with none. */
function keyed(line: string, board: BoardState): PlainCommand | null {
  const [, word = '', rest = ''] = /^(@|\S+)\s*(.*)$/.exec(line) ?? []
  const does = keysOf(board).find(({ key }) => key === word.toLowerCase())?.does
  const kind = NOTE_KINDS.find((one) => one === does)
  if (does === undefined) return null
  if (does === 'back-date') return { does: 'note', kind: 'note', text: line }
  if (does === 'abort') return { does, text: rest }
  if ((does === 'help' || does === 'leave') && rest === '') return { does }
  if (does === 'correct' && rest !== '') return correction(rest)
  if (kind !== undefined && rest !== '') return { does: 'note', kind, text: rest }
  return rest === '' ? { does: 'unclear', problem: `"${word}" wants its text in the same line` } : null
}

function correction(rest: string): PlainCommand {
  const [, note = null, text = rest] = /^(n\d+)\s+(.+)$/.exec(rest) ?? []
  return { does: 'correct', note, text }
}
