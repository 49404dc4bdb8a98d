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

const NONE = '–'

/**
 * Success and p95 against their limits, requests a second and who serves; null while there is nothing to judge. `none`
 * stands where there is no value.
 */
export function numbersOf({ load, limits }: LiveStatus, none = NONE): Numbers | null {
  if (load === null || load.success === null) return null
  const of = `of ${load.n}`
  const limit = promised(limits, none)
  return {
    success: { value: share(load.success), of, limit: limit.success.limit },
    p95: { value: load.p95Ms === null ? none : shortMs(load.p95Ms), of, limit: limit.p95.limit },
    rate: `${load.perSecond.toFixed(1)}/s`,
    served: servedText(load.servedBy),
  }
}

/** The same before anything was seen: only what is promised. */
export function promised(
  { success, p95Ms }: LiveStatus['limits'],
  none = NONE,
): Pick<Numbers, 'success' | 'p95'> {
  const unseen = { value: none, of: '' }
  return {
    success: { ...unseen, limit: `(≥ ${share(success)})` },
    p95: { ...unseen, limit: `(< ${shortMs(p95Ms)})` },
  }
}

/** Who served over the last ten seconds, in whole percents that add up. */
function servedText(servedBy: Record<string, number>): string {
  const parts = Object.entries(servedBy).filter(([, part]) => part > 0)
  const percents = wholePercents(parts.map(([, part]) => part))
  const named = parts.map(([who], index) => `${who} ${percents[index]} %`)
  return `${parts.length === 0 ? 'nobody' : named.join(', ')} (last 10 s)`
}

/** Rounds shares so that their sum is that of the shares, rounded down; none of them vanishes before another rounds up. */
function wholePercents(parts: readonly number[]): number[] {
  const exact = parts.map((part) => Number((part * 100).toPrecision(12)))
  const whole = exact.map(Math.floor)
  const sum = Math.floor(Number(exact.reduce((all, part) => all + part, 0).toPrecision(12)))
  const left = sum - whole.reduce((all, part) => all + part, 0)
  const wants = (index: number) => (whole[index] === 0 ? 1 : (exact[index] ?? 0) - (whole[index] ?? 0))
  const first = exact
    .map((_, index) => index)
    .toSorted((a, b) => wants(b) - wants(a))
    .slice(0, left)
  return whole.map((percent, index) => (first.includes(index) ? percent + 1 : percent))
}

/**
 * `revoke-key on primary, 1 of 2 · proven · for 1:41, cap 8:00`, and what is left of it in less and less room: whether it
 * is proven stays to the last. What it is stays hidden in a blind drill. Empty where nothing is broken.
 */
export function faultTexts({ fault }: LiveStatus): readonly string[] {
  if (fault === null) return []
  const { number, count, kind, target, sinceMs, capMs, beside } = fault
  const also = beside === undefined ? '' : ` and ${beside.kind} on ${beside.target}`
  const what = kind === null ? 'something is broken (hidden)' : `${kind} on ${target}${also}`
  const proven = fault.proven && beside?.proven !== false
  const numbered = `${what}, ${number} of ${count}`
  const proof = proven ? 'proven' : 'NOT PROVEN YET'
  const since = `for ${minutes(sinceMs)}`
  return [
    [numbered, proof, `${since}, cap ${minutes(capMs)}`],
    [what, proof, `${since}, cap ${minutes(capMs)}`],
    [what, proof, since],
    [what, proof],
    [proof, what],
  ].map((parts) => parts.join(' · '))
}

/** The failover clocks as far as they are known: `detect 210 ms · switch 410 ms · stable – · tax –`. */
export function clocksText({ clocks }: LiveStatus, none = NONE): string | null {
  if (clocks === null) return null
  const { detectMs, switchMs, stableMs, taxMs } = clocks
  const known = (ms: number | null) => (ms === null ? none : shortMs(ms))
  const tax = taxMs === null ? none : `${taxMs < 0 ? '-' : '+'}${Math.abs(taxMs).toFixed(1)} ms`
  return `detect ${known(detectMs)} · switch ${known(switchMs)} · stable ${known(stableMs)} · tax ${tax}`
}

/** What it would have been: the control lane asks the primary past the router. */
export function withoutText({ withoutRouter }: LiveStatus, none = NONE): string | null {
  if (withoutRouter === null) return null
  const { requests, ok } = withoutRouter
  return `without the router: ${requests === 0 ? none : `${Math.floor((100 * ok) / requests)} % of ${requests}`}`
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
