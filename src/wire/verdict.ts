import type { FailureClass } from '../base/index.ts'
import { classifyParsed } from './classify.ts'
import type { StreamFacts, StreamVerdict, WireError } from './format.ts'
import { isObject, textOrNull } from './json.ts'

/** What a guardrail of the vendor gives as the reason when it has removed an answer: OpenAI's word, Anthropic's word. */
const REMOVED: ReadonlySet<string | null> = new Set(['content_filter', 'refusal'])

/**
 * Says what an ended stream amounts to. A marker without a finish reason is a truncation that some router has closed
 * politely; a finish reason without the marker is an answer all the same.
 */
export function judgeStream(facts: Readonly<StreamFacts>, failure: WireError | null): StreamVerdict {
  if (failure !== null) return { ok: false, error: failure }
  if (!facts.content) return { ok: false, error: emptyAnswer(facts.finishReason) }
  if (facts.finishReason !== null) return { ok: true, missingMarker: !facts.done }
  const message = facts.done ? 'the stream ended without a finish reason' : 'the stream broke off'
  return { ok: false, error: { class: 'truncated', code: null, message } }
}

/** An answer without content: a guardrail's doing if the finish reason says so. */
export function emptyAnswer(finishReason: string | null): WireError {
  return REMOVED.has(finishReason)
    ? { class: 'refused', code: finishReason, message: 'the content filter left nothing of the answer' }
    : { class: 'empty', code: null, message: 'the answer has neither content nor a tool call' }
}

/** Whether a body's `error` is one: gateways are known to send `"error": null` with a good answer. */
export function hasError(error: unknown): boolean {
  return isObject(error) || textOrNull(error) !== null
}

/** Classifies an error that came as a plain answer with a status of 200. */
export function errorWithin200(body: unknown, bodyText: string): WireError {
  const error = classifyParsed(null, body, bodyText)
  // There is no stream here whose error it could be.
  return error.class === 'stream-error' ? { ...error, class: 'server-error' } : error
}

/** An answer that fails for a reason of our own finding. */
export function failedAnswer(failure: FailureClass, message: string): { ok: false; error: WireError } {
  return { ok: false, error: { class: failure, code: null, message } }
}
