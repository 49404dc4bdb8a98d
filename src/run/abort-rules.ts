import type { AbortRule } from '../drill/index.ts'
import type { Quantity } from '../record/index.ts'

/** What the abort rules look at: observed values, never intervals. */
export interface Vitals {
  /** Success and p95 over the last `spanMs`; null while fewer requests than can be judged have ended in it. */
  recent(spanMs: number): { success: number; p95Ms: Quantity } | null
  /** Share of the window's error budget that this outage would have spent by now; 0 outside of one. */
  budgetShare: number
  /** 1 - the success target. */
  allowedFailureRatio: number
  /** For how long Toxiproxy has not answered; 0 while it does. */
  toxiproxyLostMs: number
}

/** Says in a sentence why a rule fires; null if it does not. */
export function fires(rule: AbortRule, vitals: Vitals): string | null {
  switch (rule.when) {
    case 'success-below': {
      const recent = vitals.recent(rule.for)
      return recent !== null && recent.success < rule.floor
        ? `success was ${percent(recent.success)} over the last ${seconds(rule.for)}, under the floor of ${percent(rule.floor)}`
        : null
    }
    case 'p95-above': {
      const recent = vitals.recent(rule.for)
      return recent !== null && (recent.p95Ms === 'inf' || recent.p95Ms > rule.limit)
        ? `p95 was ${recent.p95Ms === 'inf' ? 'infinite' : seconds(recent.p95Ms)} over the last ${seconds(rule.for)}, over the limit of ${seconds(rule.limit)}`
        : null
    }
    case 'burn-rate-over': {
      const recent = vitals.recent(rule.for)
      const factor = recent === null ? 0 : (1 - recent.success) / vitals.allowedFailureRatio
      return factor > rule.factor
        ? `the error budget burned ${factor.toFixed(1)} times too fast over the last ${seconds(rule.for)}, limit ${rule.factor}`
        : null
    }
    case 'budget-share-over':
      return vitals.budgetShare > rule.share
        ? `this outage would have spent ${percent(vitals.budgetShare)} of the error budget, limit ${percent(rule.share)}`
        : null
    case 'lost-toxiproxy':
      return vitals.toxiproxyLostMs >= rule.for && vitals.toxiproxyLostMs > 0
        ? `Toxiproxy has not answered for ${seconds(vitals.toxiproxyLostMs)}`
        : null
  }
}

const percent = (ratio: number) => `${Number((ratio * 100).toFixed(2))} %`
const seconds = (ms: number) => `${Number((ms / 1000).toFixed(1))} s`
