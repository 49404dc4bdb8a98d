import { maskKey, messageOf, systemCode, type FailureClass } from '../base/index.ts'
import type { WireError } from '../wire/index.ts'

/** Why one attempt failed. */
export interface Failure {
  class: FailureClass
  /** HTTP status of the target's refusal; null if there was none to speak of. */
  status: number | null
  code: string | null
  /** For the caller alone: a provider's words may quote the request. */
  message: string
  retryAfterMs: number | null
  /** It was a stream whose first token did not come in time. */
  slowToken: boolean
  /** Whether it speaks against the target, and so counts against its circuit. */
  blamesTarget: boolean
}

/** Makes a failure from what the wire said. */
export function refusal(error: WireError, status: number | null, retryAfterMs: number | null): Failure {
  const blamesTarget = error.class !== 'caller-fault' && error.class !== 'refused'
  return { ...error, status, retryAfterMs, slowToken: false, blamesTarget }
}

/** Makes a failure of the router's own finding. */
export function finding(failureClass: FailureClass, code: string, message: string): Failure {
  return {
    class: failureClass,
    status: null,
    code,
    message,
    retryAfterMs: null,
    slowToken: false,
    blamesTarget: true,
  }
}

/** Makes a failure from a broken connection. */
export function broken(error: Error): Failure {
  const code = systemCode(error) ?? 'UND_ERR_SOCKET'
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return finding('timeout', code, 'no connection in time')
  if (code.startsWith('HPE_') || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return finding('malformed', code, 'the answer is not well-formed HTTP')
  }
  return finding('connection', code, `the connection failed: ${messageOf(error)}`)
}

/** What a model cannot do, though another may: so long a context, or tools. OpenAI says it in a code, others in words. */
const LIMIT_CODES = new Set(['context_length_exceeded', 'unsupported_parameter'])
const LIMIT_WORDS =
  /maximum context length|prompt is too long|(not|n't) support(ed)?\b.{0,40}\b(tools?|model)\b/i

/**
 * Whether a refusal is the answer: the caller's own mistake, or a guardrail's decision, which no other provider should
 * be asked to overrule. A 404 is neither, because the model may be gone here and alive at the other provider; nor is a
 * limit of the model that was asked, since a failover to a smaller one is a second failure (BerriAI/litellm#31557).
 */
export function isCallersAffair({ class: failureClass, status, code, message }: Failure): boolean {
  if (failureClass !== 'caller-fault') return failureClass === 'refused'
  return status !== 404 && !LIMIT_CODES.has(code ?? '') && !LIMIT_WORDS.test(message)
}

/** Says in a few words what it was, without a word the provider wrote freely: fit for events and logs. */
export function briefly({ class: failureClass, status, code }: Failure): string {
  const safeCode = code !== null && /^[\w.-]{1,60}$/.test(code) ? code : null
  const details = [status, safeCode].filter((detail) => detail !== null).join(' ')
  return details === '' ? failureClass : `${failureClass} (${details})`
}

/** What is shorter is no secret but a placeholder, such as the `none` of a model at home, and a word of any answer. */
const SHORTEST_SECRET = 12

/** Those of the keys that are worth hiding. */
export function secretsAmong(keys: readonly string[]): string[] {
  return keys.filter((key) => key.length >= SHORTEST_SECRET)
}

/** Hides every key that a text may quote. */
export function withoutKeys(text: string, keys: readonly string[]): string {
  return keys.reduce((safe, key) => (safe.includes(key) ? safe.replaceAll(key, maskKey(key)) : safe), text)
}
