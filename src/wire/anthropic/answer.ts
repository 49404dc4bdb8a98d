import type { Answer } from '../format.ts'
import { isObject, objectsIn, parseJson, textOrNull } from '../json.ts'
import { tagInText } from '../marker.ts'
import { emptyAnswer, errorWithin200, failedAnswer, hasError } from '../verdict.ts'
import { isContent, textOfBlock } from './blocks.ts'
import { anthropicUsage } from './usage.ts'

/** Judges a plain Messages answer that came with a 200: it needs text or a tool call, and a stop reason. */
export function readAnthropicAnswer(bodyText: string): Answer {
  const body = parseJson(bodyText)
  if (!isObject(body)) return failedAnswer('malformed', 'the answer is not a JSON object')
  if (body['type'] === 'error' || hasError(body['error']))
    return { ok: false, error: errorWithin200(body, bodyText) }
  if (!Array.isArray(body['content'])) return failedAnswer('malformed', 'the answer has no list of content')

  const blocks = objectsIn(body['content'])
  const finishReason = textOrNull(body['stop_reason'])
  if (!blocks.some(isContent)) return { ok: false, error: emptyAnswer(finishReason) }
  if (finishReason === null) return failedAnswer('malformed', 'the answer has content but no stop reason')

  const id = textOrNull(body['id'])
  return {
    ok: true,
    facts: {
      id,
      tag: tagInText(blocks.map(textOfBlock).join('')) ?? id,
      model: textOrNull(body['model']),
      finishReason,
      ...anthropicUsage(body['usage']),
    },
  }
}
