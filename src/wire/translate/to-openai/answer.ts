import { isObject, objectsIn, parseJson, textOrNull } from '../../json.ts'
import { textOfBlock } from '../../anthropic/blocks.ts'
import { anthropicUsage } from '../../anthropic/usage.ts'
import { finishReasonFor } from '../reasons.ts'
import { openaiUsageOf } from '../usage.ts'

/** Writes a plain Messages answer as one of Chat Completions; null if it cannot be read. Its id stays, which tells the attempt. */
export function answerToOpenai(bodyText: string, created: number): string | null {
  const body = parseJson(bodyText)
  if (!isObject(body) || !Array.isArray(body['content'])) return null
  const blocks = objectsIn(body['content'])
  const text = blocks.map(textOfBlock).join('')
  const calls = blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(input ?? {}) },
    }))
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    refusal: null,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const finishReason = finishReasonFor(textOrNull(body['stop_reason']) ?? '')
  return JSON.stringify({
    id: body['id'],
    object: 'chat.completion',
    created,
    model: body['model'],
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage: openaiUsageOf(anthropicUsage(body['usage'])),
  })
}
