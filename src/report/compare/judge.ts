import type { ObjectiveResult, Quantity } from '../../record/index.ts'

/**
 * What two numbers say about each other. Seen from the first run: `better` and `worse` are of the second.
 * `no-difference` is none that the samples show, `unknown` that one of the two is missing or cannot be seen.
 */
export type Judgement = 'better' | 'worse' | 'no-difference' | 'unknown'

const finite = (bound: Quantity) => (bound === 'inf' ? Infinity : bound)

/**
 * Compares an objective by its two-sided 95 % intervals: where they overlap, the samples show no difference. That asks
 * for more than a test of the difference would, so that a good run after a good run is rarely called worse by chance.
 */
export function judgeObjective(
  first: Pick<ObjectiveResult, 'id' | 'interval'>,
  second: Pick<ObjectiveResult, 'id' | 'interval'>,
): Judgement {
  if (first.interval === null || second.interval === null) return 'unknown'
  const [lowA, highA] = first.interval.map(finite) as [number, number]
  const [lowB, highB] = second.interval.map(finite) as [number, number]
  const isMore = lowB > highA
  const isLess = highB < lowA
  if (!isMore && !isLess) return 'no-difference'
  return isMore === (first.id === 'success') ? 'better' : 'worse'
}

/** A clock of one run. */
export interface Clock {
  /** Null where it was not reached, or cannot be seen. */
  ms: number | null
  /** How long was waited for one that was not reached; null where nobody knows. */
  waitedMs: number | null
}

/**
 * Compares a clock by what it can resolve: less than that is no difference. One that was not reached took longer than
 * was waited for it.
 */
export function judgeClock(first: Clock, second: Clock, resolutionMs: number): Judgement {
  const [a, b] = [first.ms ?? first.waitedMs, second.ms ?? second.waitedMs]
  if (a === null || b === null) return 'unknown'
  if (first.ms === null && second.ms === null) return 'no-difference'
  if (Math.abs(b - a) <= resolutionMs) return 'no-difference'
  // That it was not reached says only that it took longer.
  if (first.ms === null) return b < a ? 'better' : 'unknown'
  if (second.ms === null) return b > a ? 'worse' : 'unknown'
  return b > a ? 'worse' : 'better'
}

/** Of gaps between requests that come at random 95 % are shorter than three of the mean. */
const GAPS = 3

/** What a clock cannot tell apart: when the fault struck, and the wait for the next request that could show anything. */
export function resolutionMs(uncertaintyMs: number | null, perSecond: number | null): number {
  return (uncertaintyMs ?? 0) + (perSecond === null || perSecond <= 0 ? 1000 : (GAPS * 1000) / perSecond)
}

/** The medians of what requests pay vary by some milliseconds from run to run, on one machine. */
export const TAX_RESOLUTION_MS = 10
