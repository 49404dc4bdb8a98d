import type { FailureClass } from '../../base/index.ts'
import { classifyParsed } from '../classify.ts'
import type { Answer, WireError } from '../format.ts'
import { countOrNull, isObject, objectsIn, parseJson, textOrNull } from '../json.ts'
import { tagInText } from '../marker.ts'
import { finishReasonOf, hasContent, partsOf, textOf } from './choice.ts'

/**
 * Judges a plain Chat Completions answer that came with a 200: it needs content or a tool call, and a finish reason.
 * At least six gateways are reported to count an empty 200 as a success, so emptiness is a failure of its own.
 */
export function readOpenaiAnswer(bodyText: string): Answer {
  const body = parseJson(bodyText)
  if (!isObject(body)) return failed('malformed', 'the answer is not a JSON object')
  if (hasError(body['error'])) return { ok: false, error: errorWithin200(body, bodyText) }
  if (!Array.isArray(body['choices'])) return failed('malformed', 'the answer has no list of choices')

  const choices = objectsIn(body['choices'])
  const messages = partsOf(choices, 'message')
  const finishReason = finishReasonOf(choices)
  if (!messages.some(hasContent)) return { ok: false, error: emptyAnswer(finishReason) }
  if (finishReason === null) return failed('malformed', 'the answer has content but no finish reason')

  const id = textOrNull(body['id'])
  const usage = isObject(body['usage']) ? body['usage'] : {}
  return {
    ok: true,
    facts: {
      id,
      tag: tagInText(messages.map(textOf).join('')) ?? id,
      model: textOrNull(body['model']),
      finishReason,
      inputTokens: countOrNull(usage['prompt_tokens']),
      outputTokens: countOrNull(usage['completion_tokens']),
    },
  }
}

/** An answer without content: a guardrail's doing if the finish reason says so. */
export function emptyAnswer(finishReason: string | null): WireError {
  return finishReason === 'content_filter'
    ? { class: 'refused', code: 'content_filter', message: 'the content filter left nothing of the answer' }
    : { class: 'empty', code: null, message: 'the answer has neither content nor a tool call' }
}

/** Whether a body's `error` is one: gateways are known to send `"error": null` with a good answer. */
export function hasError(error: unknown): boolean {
  return isObject(error) || textOrNull(error) !== null
}

function errorWithin200(body: unknown, bodyText: string): WireError {
  const error = classifyParsed(null, body, bodyText)
  // There is no stream here whose error it could be.
  return error.class === 'stream-error' ? { ...error, class: 'server-error' } : error
}

function failed(failure: FailureClass, message: string): Answer {
  return { ok: false, error: { class: failure, code: null, message } }
}
