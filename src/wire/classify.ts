import { FAILURE_CLASSES, type FailureClass } from '../base/index.ts'
import type { WireError } from './format.ts'
import { isObject, parseJson, textOrNull, type JsonObject } from './json.ts'

/**
 * Tells why a provider refused. Code, type and message decide before the status, because vendors disagree about
 * statuses: a disabled organization and an empty balance come as 400 from Anthropic, an empty balance as 429 from OpenAI.
 * One table serves every format, since the words do not overlap and gateways pass one vendor's words on as another's.
 */

const BY_CODE: Record<string, FailureClass> = {
  invalid_api_key: 'credential',
  account_deactivated: 'credential',
  organization_disabled: 'credential',
  organization_restricted: 'credential',
  authentication_error: 'credential',
  permission_error: 'credential',
  permission_denied: 'credential',
  insufficient_quota: 'quota',
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  billing_error: 'quota',
  // Anthropic puts these into `details.error_code`, beside a type that says less (@anthropic-ai/sdk 1.11.0).
  organization_on_hold: 'credential',
  linked_organization_billing_unavailable: 'quota',
  linked_organization_spend_limit_reached: 'quota',
  contract_spend_limit_reached: 'quota',
  enforced_spend_limit_reached: 'quota',
  ramp_limit_exceeded: 'rate-limit',
  timeout_error: 'timeout',
  rate_limit_exceeded: 'rate-limit',
  rate_limit_error: 'rate-limit',
  overloaded_error: 'overloaded',
  engine_overloaded: 'overloaded',
  content_filter: 'refused',
  content_policy_violation: 'refused',
}

const BY_MESSAGE: readonly [RegExp, FailureClass][] = [
  [/organization has been (disabled|restricted)/i, 'credential'],
  [/account .{0,60}deactivated|deactivated account/i, 'credential'],
  [/(incorrect|invalid) (x-)?api[ -]key|^user not found\.?$/i, 'credential'],
  [
    /credit balance is too low|(specified )?api usage limits|exceeded your current quota|insufficient (credits|balance|funds)/i,
    'quota',
  ],
  [/\boverloaded\b/i, 'overloaded'],
]

/** Types that say whose fault it was but no more; they count only where there is no status. */
const BY_TYPE_WITHOUT_STATUS: Record<string, FailureClass> = {
  server_error: 'server-error',
  api_error: 'server-error',
  internal_server_error: 'server-error',
  invalid_request_error: 'caller-fault',
  not_found_error: 'caller-fault',
}

/** Without `server-error`, which is also a vendor's word and says less than the status or the message beside it. */
const OWN_CLASSES: ReadonlySet<string> = new Set(FAILURE_CLASSES.filter((word) => word !== 'server-error'))

/** Classifies an error answer. `status` is null for an error within a stream that began with a 200. */
export function classifyError(status: number | null, bodyText: string): WireError {
  return classifyParsed(status, parseJson(bodyText), bodyText)
}

/** Classifies an error whose body is parsed already; `bodyText` is what to quote if it says nothing. */
export function classifyParsed(status: number | null, body: unknown, bodyText: string): WireError {
  const error = errorIn(body)
  const message = textOrNull(error['message']) ?? bodyText.slice(0, 200)
  const details = isObject(error['details']) ? error['details']['error_code'] : null
  const words = [error['code'] ?? details, error['type']].map(textOrNull)
  // OpenRouter puts the HTTP status into `code`, as a number, and keeps it there when the error comes within a stream.
  const effective = typeof error['code'] === 'number' ? error['code'] : status
  const found = byWord(words) ?? byMessage(message) ?? byStatus(effective, words[1] ?? words[0] ?? null)
  return { class: found, code: words[0] ?? words[1] ?? null, message }
}

function byWord(words: readonly (string | null)[]): FailureClass | undefined {
  for (const word of words) {
    if (word === null) continue
    const known = BY_CODE[word.toLowerCase()]
    if (known !== undefined) return known
    // gameday's own router names the class itself, as `no_provider` or `stream_error`.
    const own = word.toLowerCase().replaceAll('_', '-')
    if (isOwnClass(own)) return own
  }
  return undefined
}

function byMessage(message: string): FailureClass | undefined {
  return BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1]
}

function byStatus(status: number | null, type: string | null): FailureClass {
  if (status === null || status < 400)
    return (type === null ? undefined : BY_TYPE_WITHOUT_STATUS[type]) ?? 'stream-error'
  if (status === 401 || status === 403) return 'credential'
  if (status === 402) return 'quota'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate-limit'
  if (status === 503 || status === 529) return 'overloaded'
  return status >= 500 ? 'server-error' : 'caller-fault'
}

/** The `error` of a body, whether it is an object, a bare text or the body itself. */
function errorIn(body: unknown): JsonObject {
  if (!isObject(body)) return {}
  const { error } = body
  if (isObject(error)) return error
  return typeof error === 'string' ? { ...body, message: error } : body
}

function isOwnClass(word: string): word is FailureClass {
  return OWN_CLASSES.has(word)
}
