import { allowedFailures } from './error-budget.ts'
import type { Losses } from './burn-windows.ts'

/** How the error budget of a window stands, as counted and not as estimated. */
export interface Standing {
  /** Failures that the window allows: of its requests, or of those it is planned for if these are more. */
  allowed: number
  /** Failures counted; those that were booked and nobody counted included. */
  spent: number
  left: number
  /** Share of the budget that is spent; null where none is allowed. */
  share: number | null
  /** Failures by what they were booked on; the rest is not accounted for. */
  booked: Record<string, number>
  unaccounted: number
  freeze: boolean
}

/**
 * Sums up an error budget. The planned requests keep a young window from freezing on its first failure; more traffic
 * than planned allows more failures. A booking says what failures were spent on; where more are booked than were
 * counted (the router itself was down), the bookings are believed.
 */
export function standing(
  objectives: { success: number; requests: number },
  { requests, failed }: Losses,
  bookings: readonly { cause: string; failures: number }[],
): Standing {
  const allowed = allowedFailures({
    success: objectives.success,
    requests: Math.max(objectives.requests, requests),
  })
  const booked: Record<string, number> = {}
  for (const { cause, failures } of bookings) booked[cause] = (booked[cause] ?? 0) + failures
  const accounted = Object.values(booked).reduce((sum, failures) => sum + failures, 0)
  const spent = Math.max(failed, accounted)
  return {
    allowed,
    spent,
    left: allowed - spent,
    share: allowed === 0 ? null : spent / allowed,
    booked,
    unaccounted: spent - accounted,
    freeze: spent > 0 && spent >= allowed,
  }
}
