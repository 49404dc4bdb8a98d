import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../base/index.ts'

/** Sends in a row without a turn of the event loop. A rate the machine cannot hold must not starve the answers. */
const BURST = 16

/**
 * Overdue at the stop by no more than this is still sent, late, as at any other moment of the schedule: the lag that is
 * measured says how late. A stall of a tenth of a second is no reason to call requests lost that nobody else had to
 * answer for. By more was never sent: a rate that the machine cannot hold must not end in a burst of all its backlog.
 */
const LATE_MOST_MS = 1000

export interface Pacing {
  /** Intended starts, in milliseconds from `startMs`, in order. */
  offsets: Iterator<number, never>
  /** `clock.now()` at the schedule's start. */
  startMs: number
  clock: Clock
  /** Aborted when the schedule ends. */
  signal: AbortSignal
  /** Sends the request meant for this offset. Must return at once: nothing here ever waits for an answer. */
  due: (offsetMs: number) => void
  /** Takes note of a request that was due before the stop and can no longer be sent. */
  missed: (offsetMs: number) => void
}

/**
 * Calls `due` at every intended start until the signal is aborted. The schedule is absolute: what comes late is called
 * late, with its own offset, and never moves what follows.
 */
export async function pace({ offsets, startMs, clock, signal, due, missed }: Pacing): Promise<void> {
  let offset = offsets.next().value
  let inARow = 0
  while (!signal.aborted) {
    const wait = startMs + offset - clock.now()
    if (wait > 0) {
      // Node's timers count whole milliseconds and may fire a fraction early: the loop asks again.
      await clock.sleep(wait, signal).catch(rethrowUnless(signal))
      inARow = 0
    } else if (inARow >= BURST) {
      await nextTurn()
      inARow = 0
    } else {
      due(offset)
      offset = offsets.next().value
      inARow++
    }
  }
  for (const stopMs = clock.now() - startMs; offset <= stopMs; offset = offsets.next().value) {
    if (stopMs - offset <= LATE_MOST_MS) due(offset)
    else missed(offset)
  }
}

const rethrowUnless = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) throw error
}
