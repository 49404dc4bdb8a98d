import { sorted } from './percentiles.ts'
import { quantity, type Quantity } from './sample.ts'

const Q = 0.95
const TAIL = 0.025

/** 1-based ranks whose values enclose the true p95; null where n is too small for a bound on that side. */
export interface RankInterval {
  lower: number | null
  upper: number | null
}

/**
 * Ranks of the order statistics that enclose the true p95 of n independent values, whatever their distribution,
 * with a confidence of at least 95 % (at most 2.5 % outside on either side). A lower bound takes 2 values, an upper
 * one 72: below that even the largest value may lie under the true p95.
 *
 * How many of n values lie under the true p95 is binomial(n, 0.95). The upper rank is the smallest k that so many
 * reach with a probability of at most 2.5 %, the lower the largest that they reach with at least 97.5 %.
 */
export function p95Interval(n: number): RankInterval {
  let upper: number | null = null
  let log = n * Math.log(Q)
  let reached = Math.exp(log)
  // From the top down, because both ranks are near it. Logarithms, since 0.95 ** 27000 is 0 in a double.
  for (let k = n; k >= 1; k--) {
    if (reached <= TAIL) upper = k
    if (reached >= 1 - TAIL) return { lower: k, upper }
    log += Math.log((k * (1 - Q)) / ((n - k + 1) * Q))
    reached += Math.exp(log)
  }
  return { lower: null, upper }
}

/**
 * The 95 % interval of the true p95, as values out of the ones given (failures as `Infinity`). With fewer than 72
 * it is open at the top (`'inf'`), with fewer than 2 there is none.
 */
export function p95IntervalOf(values: Iterable<number>): [Quantity, Quantity] | null {
  const ascending = sorted(values)
  const { lower, upper } = p95Interval(ascending.length)
  const low = lower === null ? undefined : ascending[lower - 1]
  const high = upper === null ? Infinity : ascending[upper - 1]
  return low === undefined || high === undefined ? null : [quantity(low), quantity(high)]
}
