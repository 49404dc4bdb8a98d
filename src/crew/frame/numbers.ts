import type { LiveStatus } from '../crew.ts'
import { minutes, share, shortMs } from '../words.ts'

/** `100 %`, `of 101`, `(≥ 99.5 %)`: what was seen, in how many requests, and what is promised. */
export interface Measured {
  value: string
  of: string
  limit: string
}

/** What is measured, in the words that the frame and the plain lines share. */
export interface Numbers {
  success: Measured
  p95: Measured
  rate: string
  served: string
}

/** Success and p95 against their limits, requests a second and who serves; null while there is nothing to judge. */
export function numbersOf({ load, limits }: LiveStatus): Numbers | null {
  if (load === null || load.success === null) return null
  const of = `of ${load.n}`
  const limit = promised(limits)
  return {
    success: { value: share(load.success), of, limit: limit.success.limit },
    p95: { value: load.p95Ms === null ? '–' : shortMs(load.p95Ms), of, limit: limit.p95.limit },
    rate: `${load.perSecond.toFixed(1)}/s`,
    served: servedText(load.servedBy),
  }
}

/** The same before anything was seen: only what is promised. */
export function promised({ success, p95Ms }: LiveStatus['limits']): Pick<Numbers, 'success' | 'p95'> {
  const unseen = { value: '–', of: '' }
  return {
    success: { ...unseen, limit: `(≥ ${share(success)})` },
    p95: { ...unseen, limit: `(< ${shortMs(p95Ms)})` },
  }
}

function servedText(servedBy: Record<string, number>): string {
  const parts = Object.entries(servedBy)
    .filter(([, part]) => part > 0)
    .map(([who, part]) => `${who} ${share(Math.round(part * 100) / 100)}`)
  return parts.length === 0 ? 'nobody' : parts.join(', ')
}

/** `revoke-key on primary (1 of 2), proven, for 1:41, cap 8:00`; what it is stays hidden in a blind drill. */
export function faultText({ fault }: LiveStatus): string | null {
  if (fault === null) return null
  const { number, count, kind, target, proven, sinceMs, capMs } = fault
  return [
    `${kind === null ? 'something is broken (hidden)' : `${kind} on ${target}`}, ${number} of ${count}`,
    proven ? 'proven' : 'NOT PROVEN YET',
    `for ${minutes(sinceMs)}, cap ${minutes(capMs)}`,
  ].join(' · ')
}

/** The failover clocks as far as they are known: `detect 210 ms · switch 410 ms · stable – · tax –`. */
export function clocksText({ clocks }: LiveStatus): string | null {
  if (clocks === null) return null
  const { detectMs, switchMs, stableMs, taxMs } = clocks
  const known = (ms: number | null) => (ms === null ? '–' : shortMs(ms))
  const tax = taxMs === null ? '–' : `${taxMs < 0 ? '-' : '+'}${Math.abs(taxMs).toFixed(1)} ms`
  return `detect ${known(detectMs)} · switch ${known(switchMs)} · stable ${known(stableMs)} · tax ${tax}`
}

/** What it would have been: the control lane asks the primary past the router. */
export function withoutText({ withoutRouter }: LiveStatus): string | null {
  if (withoutRouter === null) return null
  const { requests, ok } = withoutRouter
  return `without the router: ${requests === 0 ? '–' : `${Math.floor((100 * ok) / requests)} % of ${requests}`}`
}

/** What is left of the error budget, and what four hours of this outage would take of it. */
export function budgetText({ budget }: LiveStatus): string {
  const { spentBefore, fourHours } = budget
  const allowed = Math.round(budget.allowed)
  const left = Math.max(0, Math.round(allowed - (spentBefore ?? 0)))
  if (fourHours !== null) {
    const what = spentBefore === null ? `the ${allowed} failures allowed` : `the ${left} failures left`
    return `4 h of this would spend ${Math.round(fourHours)} of ${what}`
  }
  return spentBefore === null ? `${allowed} failures allowed` : `${left} of ${allowed} failures left`
}

/** Whether four hours of this outage would spend more than there is. */
export function overspends({ budget: { allowed, spentBefore, fourHours } }: LiveStatus): boolean {
  return fourHours !== null && fourHours > allowed - (spentBefore ?? 0)
}

/** What the whole drill has asked for so far. */
export function inAllText({ sentTotal, failedTotal }: LiveStatus): string {
  return `${sentTotal} requests sent, ${failedTotal} failed`
}

/** What was spent and may be; null where nothing costs money. */
export function moneyText({ money }: LiveStatus): string | null {
  return money === null ? null : `$${money.spentUsd.toFixed(4)} of at most $${money.capUsd.toFixed(2)}`
}
