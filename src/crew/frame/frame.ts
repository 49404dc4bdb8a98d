import type { BoardState } from '../board.ts'
import { facts } from './facts.ts'
import { fit, type Part } from './fit.ts'
import { head } from './head.ts'
import { help } from './help.ts'
import { choices, keyLine } from './keys.ts'
import { createPen, type Pen } from './pen.ts'
import { people } from './people.ts'
import { elsewhere, message, notes, questions } from './talk.ts'
import type { FrameInput, Window } from './types.ts'

/** More lines than this say nothing more. */
const TALLEST = 24

/**
 * Draws what is known of a drill for one terminal: a state line that anybody understands, the clock, what each role does
 * now, the fault, what callers see, the notes, and what is asked. Whatever is longer than the window goes, the least
 * important first. All redraws for one window have the same height; the line that is typed into comes below.
 */
export function drawFrame(board: BoardState, input: FrameInput, window: Window): string[] {
  const pen = createPen(window)
  const height = heightOf(window)
  return fit(partsOf(board, input, pen, height), height).map((line) => pen.paint(line))
}

function partsOf(board: BoardState, input: FrameInput, pen: Pen, height: number): Part[] {
  const keys = { keep: 97, lines: [keyLine(board, input, pen)] }
  const words = choices(input, pen).map((line) => ({ keep: 96, lines: [line] }))
  const asked = questions(board, input, { pen, height })
  const top = { breath: 0, blocks: head(board, pen) }
  const foot = {
    breath: asked.length > 0 ? 42.5 : 7,
    blocks: [...asked, ...elsewhere(board, pen), ...message(input, pen), ...words, keys],
  }
  if (input.mode === 'help') return [top, { breath: 43, blocks: help(board, pen) }, foot]
  return [
    top,
    { breath: 8, blocks: people(board, pen) },
    { breath: 26.5, blocks: facts(board, pen) },
    { breath: 26, blocks: notes(board, pen) },
    foot,
  ]
}

/** A part of a high window stays with the log above the frame; a low one is all frame but for the line that is typed into. */
function heightOf({ rows }: Window): number {
  const log = Math.floor(Math.max(0, rows - 10) / 3)
  return Math.max(1, Math.min(TALLEST, rows - 2 - log))
}
