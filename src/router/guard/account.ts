import { briefly } from '../failure.ts'
import type { TargetFailure } from '../telling.ts'
import type { Target } from '../target.ts'
import { refusalText } from './header.ts'
import type { Refusal } from './ruling.ts'

/** A target that a guardrail kept from being asked. */
export interface TargetRefusal {
  target: Target
  refusal: Refusal
}

/** Says where the guardrails stopped a request, and what befell those that were asked before. */
export function refusalAccount(
  refusals: readonly TargetRefusal[],
  failures: readonly TargetFailure[],
): string {
  const stopped = refusals.map(
    ({ target: { config }, refusal }) => `${config.role} (${config.name}): ${refusalText(refusal)}`,
  )
  const failed = failures.map(({ role, name, failure }) => `${role} (${name}): ${briefly(failure)}`)
  return `A guardrail refused the request. ${[...stopped, ...failed].join(' | ')}`
}
