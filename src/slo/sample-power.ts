const TAIL = 0.025

/**
 * The fewest requests, none of them failed, with which a success rate of `target` can be claimed: 736 for 99.5 %,
 * two-sided 95 % (Clopper-Pearson without a failure: (2.5 %) ** (1/n) >= target). Read as a quantile's target it is
 * also the fewest values that bound that quantile from above: 72 for a p95. Infinite for a target of 1.
 */
export function leastSample(target: number): number {
  if (target >= 1) return Infinity
  return Math.max(1, Math.ceil(Math.log(TAIL) / Math.log(target)))
}

/** Requests a second that an outage of so many seconds needs, so that a success rate of `target` can be claimed. */
export function rateNeeded(seconds: number, target: number): number {
  return leastSample(target) / seconds
}

export interface SamplePower {
  n: number
  target: number
  /** Requests it takes to claim the target when none fails. */
  leastSample: number
  /** Most failures among the n with which the target still counts as met; null when n is too small to claim it. */
  metUpTo: number | null
  /** Fewest failures among the n from which on it counts as missed; null when even n failures would not prove it. */
  missedFrom: number | null
  /** Whether n bounds a p95 from above, without which a p95 objective cannot be met. */
  boundsP95: boolean
}

/**
 * Says what n independent requests can prove about a success rate of `target` (0 to 1), by the tails of the binomial
 * distribution that Clopper-Pearson's bounds are made of: the target is met as long as so few failures, and missed
 * from when on so many failures, have a probability of at most 2.5 % at the target itself.
 */
export function samplePower(n: number, target: number): SamplePower {
  const upTo = cumulative(n, 1 - target)
  let metUpTo: number | null = null
  let missedFrom: number | null = null
  for (let failures = 0, below = 0; failures <= n && missedFrom === null; failures++) {
    if (1 - below <= TAIL) missedFrom = failures
    below = upTo.next()
    if (below <= TAIL) metUpTo = failures
  }
  return {
    n,
    target,
    leastSample: leastSample(target),
    metUpTo,
    missedFrom,
    boundsP95: n >= leastSample(0.95),
  }
}

/** P(X <= 0), P(X <= 1), ... of a binomial(n, p), one a call. In logarithms, since 0.5 ** 2000 is 0 in a double. */
function cumulative(n: number, p: number): { next(): number } {
  let [k, log, total] = [0, n * Math.log1p(-p), 0]
  return {
    next() {
      if (k > 0) log += Math.log(((n - k + 1) * p) / (k * (1 - p)))
      k++
      return (total += Math.exp(log))
    },
  }
}
