import type { Answer } from '../format.ts'
import { isObject, objectsIn, parseJson, textOrNull } from '../json.ts'
import { tagInText } from '../marker.ts'
import { emptyAnswer, errorWithin200, failedAnswer, hasError } from '../verdict.ts'
import { finishReasonOf, hasContent, partsOf, textOf } from './choice.ts'
import { openaiUsage } from './usage.ts'

/**
 * Judges a plain Chat Completions answer that came with a 200: it needs content or a tool call, and a finish reason.
 * At least six gateways are reported to count an empty 200 as a success, so emptiness is a failure of its own.
 */
export function readOpenaiAnswer(bodyText: string): Answer {
  const body = parseJson(bodyText)
  if (!isObject(body)) return failedAnswer('malformed', 'the answer is not a JSON object')
  if (hasError(body['error'])) return { ok: false, error: errorWithin200(body, bodyText) }
  if (!Array.isArray(body['choices'])) return failedAnswer('malformed', 'the answer has no list of choices')

  const choices = objectsIn(body['choices'])
  const messages = partsOf(choices, 'message')
  const finishReason = finishReasonOf(choices)
  if (!messages.some(hasContent)) return { ok: false, error: emptyAnswer(finishReason) }
  if (finishReason === null) return failedAnswer('malformed', 'the answer has content but no finish reason')

  const id = textOrNull(body['id'])
  return {
    ok: true,
    facts: {
      id,
      tag: tagInText(messages.map(textOf).join('')) ?? id,
      model: textOrNull(body['model']),
      finishReason,
      ...openaiUsage(body['usage']),
    },
  }
}
