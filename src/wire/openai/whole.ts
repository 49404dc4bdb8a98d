import { createParser } from 'eventsource-parser'
import { isObject, objectsIn, parseJson, type JsonObject } from '../json.ts'

interface Choice {
  message: JsonObject
  finishReason: string | null
}

/**
 * Puts a complete Chat Completions stream together into the plain answer that says the same. Null if it holds what has
 * no place there, such as audio or log probabilities: half an answer is none.
 */
export function openaiWhole(stream: string): string | null {
  const events: unknown[] = []
  const parser = createParser({
    onEvent: ({ data }) => void (data !== '[DONE]' && events.push(parseJson(data))),
  })
  parser.feed(stream.endsWith('\n\n') ? stream : `${stream}\n\n`)

  const choices = new Map<number, Choice>()
  let usage: unknown
  for (const event of events) {
    if (!isObject(event) || isObject(event['error'])) return null
    if (isObject(event['usage'])) usage = event['usage']
    for (const part of objectsIn(event['choices'])) {
      const index = Number(part['index'] ?? 0)
      const choice = choices.get(index) ?? {
        message: { role: 'assistant', content: null },
        finishReason: null,
      }
      choices.set(index, choice)
      if (isObject(part['logprobs']) || !add(choice.message, part['delta'])) return null
      if (typeof part['finish_reason'] === 'string') choice.finishReason = part['finish_reason']
    }
  }
  const [first] = events
  if (!isObject(first) || choices.size === 0) return null
  const { id, created, model } = first
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [...choices]
      .toSorted(([a], [b]) => a - b)
      .map(([index, { message, finishReason }]) => ({ index, message, finish_reason: finishReason })),
    ...(usage === undefined ? {} : { usage }),
  })
}

/** Adds a delta to a message: texts are appended, calls of tools are found by their index. */
function add(message: JsonObject, delta: unknown): boolean {
  if (!isObject(delta)) return delta === undefined || delta === null
  return Object.entries(delta).every(([name, value]) => {
    if (value === null || name === 'role') return true
    if (name === 'tool_calls') return addCalls(message, value)
    if (typeof value !== 'string') return false
    const before = message[name]
    message[name] = typeof before === 'string' ? before + value : value
    return true
  })
}

function addCalls(message: JsonObject, deltas: unknown): boolean {
  const calls = Array.isArray(message['tool_calls']) ? (message['tool_calls'] as unknown[]) : []
  message['tool_calls'] = calls
  for (const { index, ...delta } of objectsIn(deltas)) {
    const at = typeof index === 'number' ? index : calls.length
    if (at > calls.length || at < 0) return false
    const call = calls[at]
    const named = delta['function']
    if (!isObject(call)) calls[at] = delta
    else if (isObject(call['function']) && isObject(named))
      call['function'] = {
        ...call['function'],
        arguments: `${text(call['function']['arguments'])}${text(named['arguments'])}`,
      }
  }
  return true
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')
