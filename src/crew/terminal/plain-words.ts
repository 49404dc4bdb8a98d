import { tPlus } from '../../base/index.ts'
import type { BoardState } from '../board.ts'
import { clean } from '../clean.ts'
import { keysOf } from '../frame/index.ts'
import type { OpenQuestion } from '../question.ts'
import { inTurn } from './asked.ts'

/** What can be typed at a seat of lines. */
export function plainHelp(board: BoardState): string[] {
  const keys = keysOf(board)
  return [
    ...keys.map(({ key, word, explains }) => `${key}  ${word}: ${explains}`),
    ...(keys.some(({ does }) => does === 'abort')
      ? [
          'A line is one of these and its text, such as: s dashboard is red. Any other line answers the question.',
          'Where any text may be the answer, every line is, and an empty one is Enter alone. There a note begins with /, such as: /s dashboard is red.',
          'A line that begins with !, or is the word abort, ends the drill whatever is asked.',
        ]
      : []),
  ]
}

/** Says each question when it comes, and once more when its turn comes only after another's. */
export function questionTeller(): (open: readonly OpenQuestion[]) => string[] {
  let known = new Set<string>()
  let turn: string | null = null
  return (open) => {
    const [first] = inTurn(open)
    const lines = open.flatMap((question) => {
      if (question === first)
        return known.has(question.gate) && turn === question.gate ? [] : [told(question)]
      return known.has(question.gate) ? [] : [`${told(question)} (after "${clean(first?.gate ?? '')}")`]
    })
    known = new Set(open.map(({ gate }) => gate))
    turn = first?.gate ?? null
    return lines
  }
}

function told({ gate, role, kind, text, hint, default: fallback, deadlineMs }: OpenQuestion): string {
  const otherwise = fallback === null ? 'open' : `"${fallback}"`
  const meanwhile = kind === 'text' ? '; a note meanwhile begins with /: /n text' : ''
  return clean(
    `QUESTION for the ${role}: ${gate}. ${text} ${hint}; ${otherwise} from ${tPlus(deadlineMs)} on${meanwhile}`,
  )
}
