import type { FailureClass, ProviderRole } from '../base/index.ts'
import type { WireFormat } from '../wire/index.ts'
import { briefly, type Failure } from './failure.ts'

/** A failure, and whose it was. */
export interface TargetFailure {
  role: ProviderRole
  name: string
  failure: Failure
}

/**
 * From what a person must act on to what passes by itself. Routers that answer "429, all providers cooling down" hide a
 * revoked key for hours (BerriAI/litellm#5764, #20867), so rate limits come last of what a provider can do.
 */
const BY_TELLING: readonly FailureClass[] = [
  'credential',
  'quota',
  'malformed',
  'empty',
  'truncated',
  'stream-error',
  'server-error',
  'overloaded',
  'timeout',
  'connection',
  'rate-limit',
  'caller-fault',
  'refused',
  'no-provider',
]

/** Chooses the failure that says most about the cause; the earlier attempt among equals. Null without any. */
export function mostTelling(failures: readonly TargetFailure[]): TargetFailure | null {
  const rank = ({ failure }: TargetFailure) => BY_TELLING.indexOf(failure.class)
  return failures.toSorted((a, b) => rank(a) - rank(b))[0] ?? null
}

const BY_CLASS: Partial<Record<FailureClass, number>> = {
  credential: 401,
  quota: 429,
  'rate-limit': 429,
  timeout: 504,
  'no-provider': 503,
}

/**
 * The status for the caller: the provider's own where it says what it means. A 400 or 404 would blame the caller, and a
 * 408 too, so these give way to the status that the caller's vendor uses for the class; what has none is a bad gateway.
 */
export function statusFor({ class: failureClass, status }: Failure, caller: WireFormat): number {
  const misleading = status === null || status <= 400 || status === 404 || status === 408
  // A 503 may be anything to a client of Anthropic's, whose vendor says 529.
  if (failureClass === 'overloaded' && (misleading || status === 503)) return caller.overloadedStatus
  return misleading ? (BY_CLASS[failureClass] ?? 502) : status
}

/** Says what every attempt met, the most telling one first. */
export function account(failures: readonly TargetFailure[], telling: TargetFailure): string {
  const others = failures
    .filter((one) => one !== telling)
    .map((one) => `${nameOf(one)}: ${briefly(one.failure)}`)
  const first = `${nameOf(telling)}: ${briefly(telling.failure)}: ${telling.failure.message}`
  return [`No provider answered. ${first}`, ...others].join(' | ')
}

/** Names a target to people. */
export function nameOf({ role, name }: Pick<TargetFailure, 'role' | 'name'>): string {
  return `${role} (${name})`
}
