import { messageOf } from '../base/index.ts'
import type { Interruption } from '../run/index.ts'
import type { Io } from './io.ts'

/** How a drill is ended from outside of it. */
export interface Interruptions {
  signal: AbortSignal
  interrupt: (interruption: Interruption) => void
  release: () => void
}

/** Turns the first signal, or the first thing that nobody caught, into the end of the drill. Later ones change nothing. */
export function interruptions(io: Io): Interruptions {
  const controller = new AbortController()
  const interrupt = (interruption: Interruption) => {
    if (!controller.signal.aborted) controller.abort(interruption)
  }
  const stops = [
    io.onSignal((signal) => interrupt({ by: 'signal', detail: signal })),
    io.onCrash((error) => interrupt({ by: 'crash', detail: messageOf(error), cause: error })),
  ]
  return { signal: controller.signal, interrupt, release: () => stops.forEach((stop) => stop()) }
}
