import { createBoard } from '../board.ts'
import type { Seat } from '../seat.ts'
import { feed } from './feed.ts'
import { liveFrame } from './live-frame.ts'
import type { SeatOptions } from './seat.ts'
import { unblock } from './unblock.ts'

/** Shows a drill on a terminal at which nobody is asked anything: log and frame, and no keys. Leaves the input alone. */
export function watchSeat({ output, window, clock }: Pick<SeatOptions, 'output' | 'window' | 'clock'>): Seat {
  const board = createBoard({ roles: [], name: '' })
  const block = unblock(output)
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
    ...feed(board, frame, window),
    close: async () => {
      await frame.close()
      block()
    },
  }
}
