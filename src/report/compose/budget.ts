import { counts } from '../../measure/index.ts'
import type { Result, Sample } from '../../record/index.ts'
import { errorBudget } from '../../slo/index.ts'
import type { Outage } from './faults.ts'
import type { Story } from './story.ts'

const failedIn = (requests: readonly Sample[]) =>
  requests.filter((sample) => counts(sample) && sample.outcome !== 'ok').length

/** Keeps the two ledgers of the error budget. Synthetic load spends nothing of it, unless the drill says it counts. */
export function composeBudget(
  { started }: Story,
  outages: readonly Outage[],
  samples: readonly Sample[],
): Result['errorBudget'] {
  const { objectives, traffic, despiteFreeze } = started
  const budget = errorBudget({
    objectives,
    traffic,
    spentBefore: traffic.spentBefore,
    outages: outages.map(({ requests, span }) => ({
      requests: requests.length,
      failed: failedIn(requests),
      durationMs: span.toMs - span.fromMs,
    })),
    spentByDrill: traffic.countsAgainstBudget ? failedIn(samples) : 0,
  })
  return { ...budget, spentFrom: traffic.spentFrom ?? null, despiteFreeze }
}
