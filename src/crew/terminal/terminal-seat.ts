import { messageOf } from '../../base/index.ts'
import { createBoard } from '../board.ts'
import type { SeatHands } from '../seat.ts'
import { cockpitSeat } from './cockpit-seat.ts'
import { plainSeat } from './plain-seat.ts'
import type { SeatOptions, TerminalSeat } from './seat.ts'

/**
 * Seats somebody at a terminal, in a cockpit. Should its frame ever fail, which is a fault of its own and no wish of
 * whoever sits there, the drill goes on in plain lines at the same place; Ctrl-C is a signal from then on.
 */
export function terminalSeat(options: SeatOptions): TerminalSeat {
  const board = createBoard(options)
  let hands: SeatHands | null = null

  const cockpit = cockpitSeat({
    ...options,
    board,
    onBroken: (error) => {
      const plain = plainSeat(options, board)
      plain.show([
        `the frame has failed (${messageOf(error)}), and the drill goes on in plain lines: ! and Enter aborts it, ? and Enter lists what can be typed`,
      ])
      if (hands !== null) plain.take(hands)
      plain.questions(board.get().questions, board.get().elsewhere)
      seat = plain
    },
  })
  let seat = cockpit

  return {
    take: (given) => {
      hands = given
      seat.take(given)
    },
    entry: (entry) => seat.entry(entry),
    status: (status) => seat.status(status),
    questions: (open, elsewhere) => seat.questions(open, elsewhere),
    draft: (lines) => seat.draft?.(lines),
    roles: (now, itsName) => seat.roles(now, itsName),
    show: (lines) => seat.show(lines),
    finish: () => seat.finish(),
    close: async () => {
      await Promise.all([cockpit.close(), seat.close()])
    },
  }
}
