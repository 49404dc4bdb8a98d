import { createBoard } from '../board.ts'
import type { Seat } from '../seat.ts'
import { liveFrame } from './live-frame.ts'
import { logTexts, shownText } from './log-text.ts'
import type { SeatOptions } from './seat.ts'
import { unblock } from './unblock.ts'

/** Shows a drill on a terminal at which nobody is asked anything: log and frame, and no keys. Leaves the input alone. */
export function watchSeat({ output, window, clock }: Pick<SeatOptions, 'output' | 'window' | 'clock'>): Seat {
  const board = createBoard({ roles: [], name: '' })
  const block = unblock(output)
  const logText = logTexts()
  const frame = liveFrame({
    output,
    window,
    clock,
    board: () => board.get(),
    input: () => ({ mode: 'watch', message: null, keys: false }),
    draft: () => '',
    press: () => undefined,
    // Without its frame a drill goes on as lines.
    onLost: () => undefined,
  })
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
    questions: () => undefined,
    show: (lines) => frame.print(shownText(lines)),
    close: async () => {
      await frame.close()
      block()
    },
  }
}
