import { isObject, objectsIn, textOrNull, type JsonObject } from '../json.ts'

/** The text of a message or of a delta: its content, or a refusal that the model itself wrote. Empty if there is none. */
export function textOf(message: JsonObject): string {
  const { content } = message
  const text =
    typeof content === 'string'
      ? content
      : objectsIn(content)
          .map((part) => textOrNull(part['text']) ?? '')
          .join('')
  return text === '' ? (textOrNull(message['refusal']) ?? '') : text
}

/** Whether a message or a delta has content: text, or a call of a tool in today's or the older way. */
export function hasContent(message: JsonObject): boolean {
  const calls = message['tool_calls']
  return (
    (Array.isArray(calls) && calls.length > 0) || isObject(message['function_call']) || textOf(message) !== ''
  )
}

/** The objects under `key` (`message` or `delta`) of a body's choices. */
export function partsOf(choices: readonly JsonObject[], key: 'message' | 'delta'): JsonObject[] {
  return choices.map((choice) => choice[key]).filter(isObject)
}

/** The first finish reason among a body's choices; null while there is none. */
export function finishReasonOf(choices: readonly JsonObject[]): string | null {
  return (
    choices.map((choice) => textOrNull(choice['finish_reason'])).find((reason) => reason !== null) ?? null
  )
}
