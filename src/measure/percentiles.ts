import { counts, quantity, responseMs, type MeasuredSample, type Quantity } from './sample.ts'

/** Sorts numbers, infinite ones included, into a new array. */
export function sorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort()
}

/** The 1-based nearest rank of quantile `q` among `n`: ceil(q n), at least 1. */
export function rankOf(q: number, n: number): number {
  // Rounded first, because 0.07 * 100 is 7.000000000000001 in binary and would become rank 8.
  return Math.max(1, Math.ceil(Number((q * n).toPrecision(12))))
}

/** Quantile `q` of numbers that are sorted already, by nearest rank; null when there are none. */
export function nearestRankOfSorted(ascending: Float64Array, q: number): Quantity | null {
  const value = ascending[rankOf(q, ascending.length) - 1]
  return value === undefined ? null : quantity(value)
}

/**
 * Quantile `q` (0 to 1) of numbers in any order by nearest rank, x(ceil(q n)), without interpolation; null when
 * there are none. A failure takes part as `Infinity`, and a quantile that falls among failures is `'inf'`.
 */
export function nearestRank(values: Iterable<number>, q: number): Quantity | null {
  return nearestRankOfSorted(sorted(values), q)
}

export interface Percentiles {
  p50Ms: Quantity | null
  p95Ms: Quantity | null
  p95OkMs: Quantity | null
  p99Ms: Quantity | null
}

/**
 * Percentiles of the response time in milliseconds over all counted requests with failures as infinite, and p95
 * over the successes alone (`p95OkMs`), which a fast-failing outage would flatter.
 */
export function percentiles(
  samples: readonly Pick<MeasuredSample, 'lane' | 'intendedMs' | 'endMs' | 'outcome'>[],
): Percentiles {
  const all = sorted(samples.filter(counts).map(responseMs))
  const firstFailure = all.indexOf(Infinity)
  const successes = firstFailure === -1 ? all : all.subarray(0, firstFailure)
  return {
    p50Ms: nearestRankOfSorted(all, 0.5),
    p95Ms: nearestRankOfSorted(all, 0.95),
    p95OkMs: nearestRankOfSorted(successes, 0.95),
    p99Ms: nearestRankOfSorted(all, 0.99),
  }
}
