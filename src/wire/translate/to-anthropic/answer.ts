import { isObject, objectsIn, parseJson, textOrNull, type JsonObject } from '../../json.ts'
import { finishReasonOf, partsOf, textOf } from '../../openai/choice.ts'
import { openaiUsage } from '../../openai/usage.ts'
import { stopReasonFor } from '../reasons.ts'
import { anthropicUsageOf } from '../usage.ts'

/** Writes a plain Chat Completions answer as one of Messages; null if it cannot be read. Its id stays, which tells the attempt. */
export function answerToAnthropic(bodyText: string): string | null {
  const body = parseJson(bodyText)
  if (!isObject(body)) return null
  const choices = objectsIn(body['choices'])
  const [message] = partsOf(choices, 'message')
  if (message === undefined) return null
  const calls = objectsIn(message['tool_calls']).map(toolUse)
  // A tool's input must be an object here: what is none would reach the caller as another call than was made.
  if (calls.includes(null)) return null
  const text = textOf(message)
  const refused = textOrNull(message['content']) === null && textOrNull(message['refusal']) !== null
  return JSON.stringify({
    id: body['id'],
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [...(text === '' ? [] : [{ type: 'text', text, citations: null }]), ...calls],
    stop_reason: refused ? 'refusal' : stopReasonFor(finishReasonOf(choices) ?? ''),
    stop_sequence: null,
    usage: anthropicUsageOf(openaiUsage(body['usage'])),
  })
}

function toolUse({ id, function: called }: JsonObject): JsonObject | null {
  if (!isObject(called)) return null
  const { name, arguments: text } = called
  const input = text === '' ? {} : typeof text === 'string' ? parseJson(text) : undefined
  return isObject(input) ? { type: 'tool_use', id, name, input } : null
}
