import { clopperPearson } from './clopper-pearson.ts'
import { averageCost } from './cost.ts'
import { p95IntervalOf } from './p95-interval.ts'
import { nearestRank } from './percentiles.ts'
import { counts, responseMs, type MeasuredSample, type Quantity } from './sample.ts'

/** One number seen, what it says about the true one (two-sided 95 %), and how many requests it rests on. */
export interface Observed {
  observed: Quantity | null
  interval: [Quantity, Quantity] | null
  n: number
}

export interface Observations {
  success: Observed
  p95: Observed
  cost: Observed
}

/**
 * Observes what the three objectives are about over the counted ones of these requests: the share of successes, p95
 * in milliseconds with failures as infinite, and the average cost in US dollars by success (its `n` is the
 * successes). The intervals take requests for independent, which those of an outage are not: a report says so.
 */
export function observe(samples: readonly MeasuredSample[]): Observations {
  const requests = samples.filter(counts)
  const times = requests.map(responseMs)
  const n = requests.length
  const cost = averageCost(requests)
  return {
    success: {
      observed: n === 0 ? null : cost.successes / n,
      interval: clopperPearson(cost.successes, n),
      n,
    },
    p95: { observed: nearestRank(times, 0.95), interval: p95IntervalOf(times), n },
    cost: { observed: cost.meanUsd, interval: cost.intervalUsd, n: cost.successes },
  }
}
