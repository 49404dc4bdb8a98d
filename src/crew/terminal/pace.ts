import type { Clock } from '../../base/index.ts'

/** Does something whenever it is asked to, but not more often than this. */
export interface Pace {
  /** At once if the last time was long enough ago, else as soon as it is. */
  soon(): void
  stop(): void
}

/** Paces what costs: however often it is asked for, it is done at most once in `everyMs`, and the last asking counts. */
export function pace(clock: Clock, everyMs: number, act: () => void): Pace {
  let lastMs = -Infinity
  let waiting: NodeJS.Timeout | null = null
  const go = () => {
    waiting = null
    lastMs = clock.now()
    act()
  }
  return {
    soon: () => {
      if (waiting !== null) return
      const waitMs = lastMs + everyMs - clock.now()
      if (waitMs <= 0) go()
      else waiting = setTimeout(go, waitMs)
    },
    stop: () => {
      if (waiting !== null) clearTimeout(waiting)
      waiting = null
    },
  }
}
