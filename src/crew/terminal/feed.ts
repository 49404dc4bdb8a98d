import type { Board } from '../board.ts'
import type { Window } from '../frame/index.ts'
import type { Seat } from '../seat.ts'
import type { LiveFrame } from './live-frame.ts'
import { logTexts, shownText } from './log-text.ts'

/** What every seat with a frame does with what it is told: the log above it, the rest into what it is drawn from. */
export function feed(
  board: Board,
  frame: LiveFrame,
  window: () => Window,
): Pick<Seat, 'entry' | 'status' | 'questions' | 'show'> & Required<Pick<Seat, 'draft'>> {
  const logText = logTexts()
  return {
    entry: (entry) => {
      board.entry(entry)
      const text = logText(entry, window().columns)
      if (text !== null) frame.print(text)
      frame.redrawSoon()
    },
    status: (status) => {
      board.status(status)
      frame.redrawSoon()
    },
    questions: (open, elsewhere) => {
      board.questions(open, elsewhere)
      frame.redrawSoon()
    },
    draft: (lines) => {
      board.draft(lines)
      frame.redrawSoon()
    },
    show: (lines) => frame.print(shownText(lines)),
  }
}
