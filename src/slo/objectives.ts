/** A number that may be infinite, as JSON can hold it. */
export type Quantity = number | 'inf'

/** What a client was promised. */
export interface Objectives {
  /** Share of requests that succeed, 0 to 1: at least this. */
  success: number
  /** 95th percentile of the response time in milliseconds, failures as infinite: below this. */
  p95Ms: number
  /** Average cost of a success in US dollars: below this. */
  costUsd: number
}

/** A number seen, its two-sided 95 % interval where one can be given, and how many requests it rests on. */
export interface Observed {
  observed: Quantity | null
  interval: [Quantity, Quantity] | null
  n: number
}

export type ObjectiveVerdict = 'met' | 'missed' | 'inconclusive'

export interface ObjectiveJudgement extends Observed {
  id: 'success' | 'p95' | 'cost'
  target: number
  verdict: ObjectiveVerdict
}

/**
 * Judges the three objectives: met if the whole interval is on the good side, missed if all of it is on the bad side,
 * else inconclusive. Without an interval (no requests, too few, an unknown price) nothing is claimed.
 */
export function judgeObjectives(
  observations: { success: Observed; p95: Observed; cost: Observed },
  objectives: Objectives,
): [ObjectiveJudgement, ObjectiveJudgement, ObjectiveJudgement] {
  const { success, p95, cost } = observations
  const atLeast = (value: number, target: number) => value >= target
  const below = (value: number, target: number) => value < target
  return [
    judge('success', success, objectives.success, atLeast),
    judge('p95', p95, objectives.p95Ms, below),
    judge('cost', cost, objectives.costUsd, below),
  ]
}

function judge(
  id: ObjectiveJudgement['id'],
  { observed, interval, n }: Observed,
  target: number,
  good: (value: number, target: number) => boolean,
): ObjectiveJudgement {
  const sides = (interval ?? []).map((bound) => good(bound === 'inf' ? Infinity : bound, target))
  let verdict: ObjectiveVerdict = 'inconclusive'
  if (sides.length > 0 && sides.every(Boolean)) verdict = 'met'
  if (sides.length > 0 && !sides.some(Boolean)) verdict = 'missed'
  return { id, target, observed, interval, n, verdict }
}
