import { NOTE_KINDS, type NoteKind } from '../../record/index.ts'
import type { BoardState } from '../board.ts'
import { clean } from '../clean.ts'
import { keysOf } from '../frame/index.ts'

/** A line that somebody typed where there are no single keys, understood. */
export type PlainCommand =
  | { does: 'note'; kind: NoteKind; text: string }
  | { does: 'correct'; note: string | null; text: string }
  | { does: 'answer'; text: string }
  | { does: 'abort' | 'help' | 'leave' | 'nothing' }
  | { does: 'unclear'; problem: string }

/** Reads a line: a key of the cockpit's and what follows it, or else the answer to what is asked. */
export function readCommand(typed: string, board: BoardState): PlainCommand {
  const line = clean(typed).trim()
  if (line === '') return { does: 'nothing' }
  const isAsked = board.questions.length > 0
  const [, word = '', rest = ''] = /^(@|\S+)\s*(.*)$/.exec(line) ?? []
  const does = keysOf(board).find(({ key }) => key === word.toLowerCase())?.does
  const kind = NOTE_KINDS.find((one) => one === does)
  if (does === 'back-date') return { does: 'note', kind: 'note', text: line }
  if ((does === 'abort' || does === 'help' || does === 'leave') && rest === '') return { does }
  if (does === 'correct' && rest !== '') return correction(rest)
  if (kind !== undefined && rest !== '') return { does: 'note', kind, text: rest }
  // `n` alone is as good an answer as `no`.
  if (isAsked) return { does: 'answer', text: line }
  if (does !== undefined) return { does: 'unclear', problem: `"${word}" wants its text in the same line` }
  return { does: 'unclear', problem: `"${line}" is not understood; ? lists what can be typed` }
}

function correction(rest: string): PlainCommand {
  const [, note = null, text = rest] = /^(n\d+)\s+(.+)$/.exec(rest) ?? []
  return { does: 'correct', note, text }
}
