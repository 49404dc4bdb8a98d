import type { Quantity } from './objectives.ts'

/** The share of the budget whose spending in one incident makes a postmortem due (SRE workbook, example policy). */
const POSTMORTEM_SHARE = 0.2
const MS_PER_HOUR = 3_600_000

/** One outage of a drill: its failures in the load, and how long it lasted. */
export interface OutageLoss {
  requests: number
  failed: number
  durationMs: number
}

export interface BudgetInput {
  objectives: { success: number; windowDays: number; requests: number }
  /** The client's real traffic, requests a second. */
  traffic: { perSecond: number }
  /** Failures of the window before the drill; null when unknown. */
  spentBefore: number | null
  outages: readonly OutageLoss[]
  /** Real failures that the drill itself caused: 0 for synthetic load. */
  spentByDrill: number
}

/** The budget in failed requests. `null` is unknown; nothing is rounded. */
export interface ErrorBudget {
  windowDays: number
  requests: number
  allowed: number
  spentBefore: number | null
  /** Of the worst outage, as are the four after it. */
  failureRatio: number | null
  outageMs: number | null
  wouldHaveSpent: number | null
  fourHoursWouldSpend: number | null
  burnRate: number | null
  trafficPerSecond: number
  spentByDrill: number
  remaining: number | null
  /** Hours of such an outage until what remains is gone; `'inf'` if it spends nothing. */
  hoursToExhaust: Quantity | null
  freeze: boolean
}

/** The failures that a window allows: (1 - target) x requests. */
export function allowedFailures({ success, requests }: { success: number; requests: number }): number {
  return failureTarget(success) * requests
}

/** How many times faster than allowed a failure ratio spends the budget; null when no failure is allowed at all. */
export function burnRate(failureRatio: number, target: number): number | null {
  if (failureRatio === 0) return 0
  return target === 1 ? null : failureRatio / failureTarget(target)
}

/** The failures that real traffic would have met: failure ratio x length x requests a second. */
export function wouldSpend({
  failureRatio,
  durationMs,
  perSecond,
}: {
  failureRatio: number
  durationMs: number
  perSecond: number
}): number {
  return (failureRatio * durationMs * perSecond) / 1000
}

/** Says whether an outage that spends so much calls for a postmortem: 20 % of the budget or more, 10 failures of 50. */
export function needsPostmortem({
  wouldHaveSpent,
  allowed,
}: {
  wouldHaveSpent: number
  allowed: number
}): boolean {
  return wouldHaveSpent > 0 && wouldHaveSpent >= POSTMORTEM_SHARE * allowed
}

/**
 * Keeps the error budget's two ledgers: what the worst of these outages would have spent at the client's real
 * traffic, and what was really spent. Worst is whichever would have spent most. A budget that is spent means freeze;
 * an unknown past does not.
 */
export function errorBudget({
  objectives,
  traffic,
  spentBefore,
  outages,
  spentByDrill,
}: BudgetInput): ErrorBudget {
  const { perSecond } = traffic
  const allowed = allowedFailures(objectives)
  const spent = (spentBefore ?? 0) + spentByDrill
  const remaining = spentBefore === null ? null : allowed - spent
  const worst = worstOf(outages, perSecond)
  const anHour = worst && wouldSpend({ ...worst, durationMs: MS_PER_HOUR, perSecond })
  return {
    windowDays: objectives.windowDays,
    requests: objectives.requests,
    allowed,
    spentBefore,
    failureRatio: worst && worst.failureRatio,
    outageMs: worst && worst.durationMs,
    wouldHaveSpent: worst && wouldSpend({ ...worst, perSecond }),
    fourHoursWouldSpend: anHour === null ? null : 4 * anHour,
    burnRate: worst && burnRate(worst.failureRatio, objectives.success),
    trafficPerSecond: perSecond,
    spentByDrill,
    remaining,
    hoursToExhaust: anHour === null ? null : hoursToExhaust(remaining, anHour),
    freeze: spent > 0 && spent >= allowed,
  }
}

/** The worst outage, by what it would have spent. One without a request says nothing and is none. */
function worstOf(
  outages: readonly OutageLoss[],
  perSecond: number,
): { failureRatio: number; durationMs: number } | null {
  const losses = outages
    .filter(({ requests }) => requests > 0)
    .map(({ requests, failed, durationMs }) => ({ failureRatio: failed / requests, durationMs }))
  return losses.reduce<(typeof losses)[number] | null>(
    (worst, loss) =>
      worst === null || wouldSpend({ ...loss, perSecond }) > wouldSpend({ ...worst, perSecond })
        ? loss
        : worst,
    null,
  )
}

function hoursToExhaust(remaining: number | null, perHour: number): Quantity | null {
  if (remaining !== null && remaining <= 0) return 0
  if (perHour === 0) return 'inf'
  return remaining === null ? null : remaining / perHour
}

/** 1 - target as a person would subtract: 0.005 and not 0.0050000000000000044, which would allow 50.00000000000004. */
function failureTarget(target: number): number {
  return Number((1 - target).toPrecision(12))
}
