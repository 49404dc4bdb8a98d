import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { LoadFigures } from './types.ts'

/** Between two looks at the event loop. The monitor counts this into every delay it records (Node 20: p99 of an idle loop is 10.2 ms). */
const RESOLUTION_MS = 10

/** The longest lag that is told apart; the histogram silently forgets what is longer than its highest value. */
const LONGEST_LAG_US = 600_000_000

export interface FigureKeeper {
  countDue: () => void
  countDropped: () => void
  /** Takes note of how late a request left, in milliseconds. */
  noteLag: (ms: number) => void
  read: () => LoadFigures
  /** Ends the watch over the event loop. */
  stop: () => void
}

/**
 * Keeps the figures that say whether the load is to be trusted. Lags go into a histogram of microseconds (native HDR,
 * three significant figures, nearest rank), so that reading them live costs nothing to the loop they measure.
 */
export function keepFigures(): FigureKeeper {
  const lags = createHistogram({ lowest: 1, highest: LONGEST_LAG_US, figures: 3 })
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  loop.enable()
  let offered = 0
  let dropped = 0
  return {
    countDue: () => void offered++,
    countDropped: () => void dropped++,
    // It takes whole numbers from 1 on.
    noteLag: (ms) => lags.record(Math.min(LONGEST_LAG_US, Math.max(1, Math.round(ms * 1000)))),
    read: () => ({
      offered,
      sent: offered - dropped,
      dropped,
      dispatchLagP99Ms: lags.count === 0 ? null : lags.percentile(99) / 1000,
      loopDelayP99Ms: loop.count === 0 ? null : Math.max(0, loop.percentile(99) / 1e6 - RESOLUTION_MS),
    }),
    stop: () => void loop.disable(),
  }
}
