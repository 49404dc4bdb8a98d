import type { MeasuredSample } from '../sample.ts'
import { failed, type Timeline } from './fault.ts'

const NAMED_AT_MOST = 20

/** What the requests of an outage suffered. */
export interface Suffering {
  /** End of the last client-visible failure, from t0; null if there was none. */
  lastFailureMs: number | null
  /** From the end of the first client-visible failure to that of the last; 0 without any. */
  blipMs: number
  failedRequests: number
  slowRequests: number
  failedSamples: string[]
  slowSamples: string[]
}

/** Counts the failures and the slow successes among the requests of an outage, and names the first twenty of either. */
export function suffering(requests: readonly MeasuredSample[], { t0, slow }: Timeline): Suffering {
  const failures = requests.filter(failed)
  const slowOnes = requests.filter((request) => !failed(request) && slow(request))
  let [first, last] = [Infinity, -Infinity]
  for (const { endMs } of failures) {
    if (endMs === null) continue
    first = Math.min(first, endMs)
    last = Math.max(last, endMs)
  }
  const timed = last > -Infinity
  return {
    // A failure within the uncertainty of t0 happened at t0, for all that is known.
    lastFailureMs: timed ? Math.max(0, last - t0) : null,
    blipMs: timed ? last - first : 0,
    failedRequests: failures.length,
    slowRequests: slowOnes.length,
    failedSamples: failures.slice(0, NAMED_AT_MOST).map(({ id }) => id),
    slowSamples: slowOnes.slice(0, NAMED_AT_MOST).map(({ id }) => id),
  }
}
