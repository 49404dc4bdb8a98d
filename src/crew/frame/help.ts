import type { BoardState } from '../board.ts'
import type { Block } from './fit.ts'
import { keysOf } from './keys.ts'
import { labelled } from './gutter.ts'
import type { Pen } from './pen.ts'

/** Every key of this seat, and what it does. */
export function help(board: BoardState, pen: Pen): Block[] {
  const keys = [
    ...keysOf(board).map(({ key, word, explains, keep }) => ({ key, word, explains, keep })),
    { key: 'Enter', word: '', explains: 'Answer the open question; Tab goes on to the next one.', keep: 7.5 },
  ]
  return keys.map(({ key, word, explains, keep }) => ({
    keep: 60 + keep,
    lines: [
      labelled(pen, { label: `${key} ${word}`.trim().padEnd(12), tone: 'strong' }, [
        pen.piece(` ${explains}`),
      ]),
    ],
  }))
}
