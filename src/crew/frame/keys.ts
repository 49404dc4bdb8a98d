import { tPlus } from '../../base/index.ts'
import { FAULT_KINDS } from '../../drill/index.ts'
import type { NoteKind } from '../../record/index.ts'
import type { BoardState } from '../board.ts'
import { clean } from '../clean.ts'
import type { Line, Pen } from './pen.ts'
import type { FrameInput } from './types.ts'

/** A single key of a seat in watch mode. */
export interface SeatKey {
  key: string
  does: NoteKind | 'correct' | 'back-date' | 'abort' | 'help' | 'leave'
  /** What it does, in a word for the last line of the frame. */
  word: string
  /** The same in a sentence, for the help. */
  explains: string
  /** The lowest goes first where not all of them have room. */
  keep: number
}

const NOTE_KEYS: readonly SeatKey[] = [
  { key: 'n', does: 'note', word: 'note', explains: 'Write down what happens, as you see it.', keep: 6 },
  { key: 's', does: 'symptom', word: 'symptom', explains: 'Something looks wrong; the first one counts as noticed.', keep: 7 },
  { key: 'd', does: 'decision', word: 'decision', explains: 'What was decided, and by whom.', keep: 5 },
  { key: 't', does: 'to-do', word: 'to-do', explains: '@name is its owner, "by 2026-12-01" at its end its day.', keep: 4 },
] // prettier-ignore
const DIAGNOSIS: SeatKey = {
  key: 'g',
  does: 'diagnosis',
  word: 'diagnosis',
  explains: 'Name what is broken; the first right one is stamped.',
  keep: 8,
}
const AFTER_NOTES: readonly SeatKey[] = [
  { key: 'c', does: 'correct', word: 'correct', explains: 'Correct the last note; the journal keeps both.', keep: 2 },
  { key: '@', does: 'back-date', word: 'earlier', explains: 'A note about a moment ago: @-45s text, or @6:30 text.', keep: 1 },
] // prettier-ignore
const ABORT: SeatKey = {
  key: '!',
  does: 'abort',
  word: 'ABORT',
  explains: 'End the drill and put everything back, at once.',
  keep: 10,
}
const HELP: SeatKey = { key: '?', does: 'help', word: 'help', explains: 'This list.', keep: 9 }
const LEAVE: SeatKey = {
  key: 'q',
  does: 'leave',
  word: 'leave',
  explains: 'Leave; the drill goes on.',
  keep: 8,
}

/** Which keys a seat has: its terminal listens for these, and the frame names them. Empty where nobody speaks. */
export function keysOf({ roles, blind }: Pick<BoardState, 'roles' | 'blind'>): readonly SeatKey[] {
  if (roles.length === 0) return []
  if (roles.every((role) => role === 'observer')) return [HELP, LEAVE]
  // An operator who joined for that alone knows what is broken.
  const guesses = blind && roles.some((role) => role !== 'operator')
  return [...NOTE_KEYS, ...(guesses ? [DIAGNOSIS] : []), ...AFTER_NOTES, ABORT, HELP]
}

/** What the line that is typed into begins with. */
export function promptLabel(input: FrameInput): string {
  switch (input.mode) {
    case 'note':
      return `${input.corrects === null ? input.kind : `${clean(input.corrects)}, corrected`} > `
    case 'answer':
      return `${clean(input.gate)} > `
    case 'watch':
    case 'help':
      return ''
  }
}

/** The last line of the frame: what can be typed right now. */
export function keyLine(board: BoardState, input: FrameInput, pen: Pen): Line {
  if (!input.keys) return hints(pen, [['Ctrl-C', 'stops the drill and puts everything back', 1]])
  // A letter among others while text is typed.
  const aborts: Hint[] = keysOf(board).includes(ABORT) ? [['Esc !', 'aborts', 2.5]] : []
  switch (input.mode) {
    case 'note':
      return hints(pen, [
        ['Enter', `writes it${momentOf(input)}`, 3],
        ['Esc', 'drops it', 2],
        ...aborts,
        ...(input.kind === 'diagnosis' ? [] : [['@-45s', 'dates it back', 1] as const]),
      ])
    case 'answer':
      return hints(pen, [
        ['Enter', 'answers', 3],
        ['Esc', 'leaves it open', 2],
        ...aborts,
        ...(board.questions.length > 1 ? [['Tab', 'next question', 1] as const] : []),
      ])
    case 'help':
      return hints(pen, [['?', 'back to the drill', 1]])
    case 'watch':
      return hints(pen, [
        ...(board.questions.length > 0 ? [['Enter', 'answer', 11] as const] : []),
        ...keysOf(board).map(({ key, word, keep }) => [key, word, keep] as const),
      ])
  }
}

/** The moment that a note counts for; none while what it begins with is no time yet. */
function momentOf({ begunMs, forMs = begunMs }: { begunMs: number; forMs?: number | null }): string {
  return forMs === null ? '' : ` for ${tPlus(forMs)}`
}

/** What may be typed where that is one of a few words, above the line of the keys. */
export function choices(input: FrameInput, pen: Pen): readonly Line[] {
  if (input.mode !== 'note' || input.kind !== 'diagnosis') return []
  return pen
    .wrap(`one of: ${FAULT_KINDS.join(', ')}`, pen.width - 1, 6)
    .map((line) => [pen.piece(` ${line}`)])
}

type Hint = readonly [key: string, word: string, keep: number]

/** As many of them as there is room for, in their order. */
function hints(pen: Pen, all: readonly Hint[]): Line {
  const draw = (shown: readonly Hint[]): Line =>
    shown.flatMap(([key, word], index) => [
      pen.piece(index === 0 ? ' ' : '  '),
      pen.piece(key, 'strong'),
      pen.piece(` ${word}`, key === '!' ? 'bad' : 'plain'),
    ])
  let shown = all
  while (shown.length > 1 && pen.length(draw(shown)) > pen.width) {
    const least = Math.min(...shown.map(([, , keep]) => keep))
    shown = shown.filter(([, , keep]) => keep !== least)
  }
  return draw(shown)
}
