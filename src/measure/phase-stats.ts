import { averageCost } from './cost.ts'
import { percentiles, type Percentiles } from './percentiles.ts'
import { counts, type MeasuredSample } from './sample.ts'

export interface ServedBy {
  primary: number
  secondary: number
  cache: number
}

export interface PhaseStats extends Percentiles {
  requests: number
  ok: number
  failed: number
  /** Failures by class; one without a class goes by its outcome. */
  failures: Record<string, number>
  successRate: number | null
  servedBy: ServedBy
  /** US dollars a successful request; null when a cost is unknown or nothing succeeded. */
  costUsd: number | null
}

/** Sums up the counted ones of these requests. Whatever was sent and is not ok has failed: timeouts, truncations. */
export function phaseStats(samples: readonly MeasuredSample[]): PhaseStats {
  const requests = samples.filter(counts)
  const failures: Record<string, number> = {}
  const servedBy: ServedBy = { primary: 0, secondary: 0, cache: 0 }
  let ok = 0
  for (const { outcome, class: failure, servedBy: server } of requests) {
    if (outcome === 'ok') {
      ok++
      if (server !== null) servedBy[server]++
    } else {
      const why = failure ?? outcome
      failures[why] = (failures[why] ?? 0) + 1
    }
  }
  return {
    requests: requests.length,
    ok,
    failed: requests.length - ok,
    failures,
    successRate: requests.length === 0 ? null : ok / requests.length,
    ...percentiles(requests),
    servedBy,
    costUsd: averageCost(requests).meanUsd,
  }
}
