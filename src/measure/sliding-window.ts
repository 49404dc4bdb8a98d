import { nearestRankOfSorted, sorted } from './percentiles.ts'
import type { ServedBy } from './phase-stats.ts'
import { counts, responseMs, type MeasuredSample, type Quantity } from './sample.ts'

export type LiveSample = Pick<MeasuredSample, 'lane' | 'outcome' | 'intendedMs' | 'endMs' | 'servedBy'>

export interface WindowStats {
  /** Counted requests that ended in the window. */
  n: number
  ok: number
  failed: number
  successRate: number | null
  /** Over all of them, failures infinite. */
  p95Ms: Quantity | null
  perSecond: number
  /** Successes by who served them; `unknown` where that could not be told. */
  servedBy: ServedBy & { unknown: number }
}

export interface SlidingWindow {
  /**
   * Takes in a request that is over; the control lane and dropped ones are let go. One whose end nobody saw, as a
   * timeout may be, counts as ended at the latest moment known here, so that no failure is hidden from an abort rule.
   */
  add(sample: LiveSample): void
  /** Sums up what ended in the last stretch before `nowMs`, which must not go backwards. */
  at(nowMs: number): WindowStats
}

/**
 * Watches the last `windowMs` of a running drill by end time. `startMs` is when the load began, so that the rate is
 * right before the window is full. Adding is O(1); a look sorts what the window holds and forgets what has left it.
 */
export function slidingWindow({
  windowMs,
  startMs = 0,
}: {
  windowMs: number
  startMs?: number
}): SlidingWindow {
  let held: { endMs: number; sample: LiveSample }[] = []
  let latest = startMs
  return {
    add(sample) {
      if (!counts(sample)) return
      const endMs = sample.endMs ?? latest
      latest = Math.max(latest, endMs)
      held.push({ endMs, sample })
    },
    at(nowMs) {
      latest = Math.max(latest, nowMs)
      held = held.filter(({ endMs }) => endMs > nowMs - windowMs)
      const ended = held.filter(({ endMs }) => endMs <= nowMs).map(({ sample }) => sample)
      return sumUp(ended, Math.min(windowMs, nowMs - startMs))
    },
  }
}

function sumUp(ended: readonly LiveSample[], lengthMs: number): WindowStats {
  const servedBy = { primary: 0, secondary: 0, cache: 0, unknown: 0 }
  let ok = 0
  for (const { outcome, servedBy: server } of ended) {
    if (outcome !== 'ok') continue
    ok++
    servedBy[server ?? 'unknown']++
  }
  const n = ended.length
  return {
    n,
    ok,
    failed: n - ok,
    successRate: n === 0 ? null : ok / n,
    p95Ms: nearestRankOfSorted(sorted(ended.map(responseMs)), 0.95),
    perSecond: lengthMs > 0 ? (n * 1000) / lengthMs : 0,
    servedBy,
  }
}
