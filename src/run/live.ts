import type { Drill } from '../drill/index.ts'
import {
  faultClocks,
  idsOfTenant,
  slidingWindow,
  type Quantity,
  type SlidingWindow,
} from '../measure/index.ts'
import { allowedFailures, wouldSpend } from '../slo/index.ts'
import type { Vitals } from './abort-rules.ts'
import type { FaultRun } from './fault-run.ts'
import type { Observations } from './observations.ts'

/** Fewest requests in a rule's span that it is judged by. */
const LEAST_TO_JUDGE = 20

/** The vital signs of a running drill, for its abort rules. */
export interface LiveVitals {
  at(nowMs: number, fault: FaultRun | null, toxiproxyLostMs: number): Vitals
}

/** Keeps one window for each span that the drill's rules name. */
export function liveVitals(
  drill: Pick<Drill, 'abort' | 'objectives' | 'traffic'>,
  observations: Observations,
): LiveVitals {
  const windows = new Map<number, SlidingWindow>()
  for (const rule of drill.abort) {
    if ('for' in rule && !windows.has(rule.for)) windows.set(rule.for, slidingWindow({ windowMs: rule.for }))
  }
  const { success, requests } = drill.objectives
  const allowed = allowedFailures({ success, requests })

  const budgetShare = (nowMs: number, fault: FaultRun | null) => {
    if (fault === null || fault.inForceMs === null) return 0
    const from = fault.inForceMs
    const outage = observations.samples.filter(
      ({ lane, outcome, intendedMs }) => lane === 'main' && outcome !== 'dropped' && intendedMs >= from,
    )
    if (outage.length < LEAST_TO_JUDGE) return 0
    const failureRatio = outage.filter(({ outcome }) => outcome !== 'ok').length / outage.length
    return wouldSpend({ failureRatio, durationMs: nowMs - from, perSecond: drill.traffic.rate }) / allowed
  }

  let sinceMs = Infinity
  observations.onSample((sample) => {
    sinceMs = Math.min(sinceMs, sample.intendedMs)
    for (const window of windows.values()) window.add(sample)
  })

  return {
    at: (nowMs, fault, toxiproxyLostMs) => ({
      // A window that reaches back before the load began has not been watched for as long as the rule says.
      recent: (spanMs): { success: number; p95Ms: Quantity } | null => {
        const seen = windows.get(spanMs)?.at(nowMs)
        if (seen === undefined || nowMs - sinceMs < spanMs || seen.n < LEAST_TO_JUDGE) return null
        if (seen.successRate === null || seen.p95Ms === null) return null
        return { success: seen.successRate, p95Ms: seen.p95Ms }
      },
      budgetShare: budgetShare(nowMs, fault),
      allowedFailureRatio: 1 - success,
      toxiproxyLostMs,
    }),
  }
}

/** The failover clocks of a fault as far as they are known by now. */
export function clocksSoFar(
  fault: FaultRun,
  observations: Observations,
  baseline: { fromMs: number; toMs: number } | null,
  p95TargetMs: number,
  nowMs: number,
  beside = false,
) {
  const { target, network, whole, tenant } = fault.site
  return faultClocks({
    ...(tenant === null ? {} : { struck: idsOfTenant(observations.samples, tenant) }),
    samples: observations.samples,
    attempts: observations.attempts,
    circuits: observations.circuits,
    fault: {
      target,
      kind: network ? 'network' : 'provider',
      whole,
      beside,
      inForceMs: fault.inForceMs,
      uncertaintyMs: fault.uncertaintyMs,
      revertingMs: fault.revertingMs,
      revertedMs: fault.revertedMs,
      goneMs: fault.goneMs,
      endOfRestoreMs: nowMs,
    },
    baseline,
    p95TargetMs,
  })
}
