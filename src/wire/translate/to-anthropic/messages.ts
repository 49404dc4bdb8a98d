import { isObject, parseJson, textOrNull, type JsonObject } from '../../json.ts'
import { refuseOthers } from '../fields.ts'
import { word, type Losses } from '../losses.ts'
import { carryParts, textBlocks } from './parts.ts'

interface Turn {
  role: 'user' | 'assistant'
  content: JsonObject[]
}

/**
 * Writes the messages of Chat Completions as Anthropic's: what the system says apart, tools' results in the turn of the
 * user, and turns of one side after another as one. A system message amid the turns moves to the others, at the top.
 */
export function carryMessages(
  messages: unknown,
  losses: Losses,
): { system?: string | JsonObject[]; messages: Turn[] } {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  const add = (role: Turn['role'], blocks: readonly JsonObject[]) => {
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...blocks)
    else if (blocks.length > 0) turns.push({ role, content: [...blocks] })
  }

  for (const [index, message] of (Array.isArray(messages) ? messages : []).entries()) {
    const path = `messages[${index}]`
    if (!isObject(message)) {
      losses.add(path)
      continue
    }
    const { role, content } = message
    if (role === 'system' || role === 'developer') {
      refuseOthers(message, ['role', 'content'], path, losses)
      system.push(...textBlocks(content, path, losses))
    } else if (role === 'user') {
      refuseOthers(message, ['role', 'content'], path, losses)
      add('user', carryParts(content, path, losses))
    } else if (role === 'assistant') {
      add('assistant', carryAssistant(message, path, losses))
    } else if (role === 'tool') {
      refuseOthers(message, ['role', 'content', 'tool_call_id'], path, losses)
      add('user', [carryResult(message, path, losses)])
    } else {
      losses.add(path, `role ${word(role)}`)
    }
  }
  // Anthropic would write on where the assistant has stopped, OpenAI answers it: two questions, not one.
  if (turns.at(-1)?.role === 'assistant') losses.add('messages', 'the last is the assistant’s')
  if (turns.length === 0 && losses.names.length === 0) losses.add('messages', 'none of a user')
  return { ...(system.length === 0 ? {} : { system: alone(system) }), messages: turns }
}

function carryAssistant(message: JsonObject, path: string, losses: Losses): JsonObject[] {
  refuseOthers(message, ['role', 'content', 'refusal', 'tool_calls'], path, losses)
  const text = textBlocks(message['content'], path, losses)
  const refusal = textOrNull(message['refusal'])
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'] : []
  return [
    ...text,
    ...(refusal === null ? [] : [{ type: 'text', text: refusal }]),
    ...calls.flatMap((call, index) => carryCall(call, `${path}.tool_calls[${index}]`, losses)),
  ]
}

function carryCall(call: unknown, path: string, losses: Losses): JsonObject[] {
  const called = isObject(call) && isObject(call['function']) ? call['function'] : null
  if (called === null) {
    losses.add(path, isObject(call) ? word(call['type']) : 'not an object')
    return []
  }
  const { name, arguments: text } = called
  const input = text === '' ? {} : typeof text === 'string' ? parseJson(text) : undefined
  if (isObject(input)) return [{ type: 'tool_use', id: (call as JsonObject)['id'], name, input }]
  losses.add(`${path}.function.arguments`, 'not a JSON object')
  return []
}

function carryResult({ tool_call_id: id, content }: JsonObject, path: string, losses: Losses): JsonObject {
  const text = typeof content === 'string' ? content : textBlocks(content, path, losses)
  return { type: 'tool_result', tool_use_id: id, content: text }
}

/** One plain text stands for itself. */
function alone(blocks: JsonObject[]): string | JsonObject[] {
  const [first] = blocks
  return blocks.length === 1 && typeof first?.['text'] === 'string' ? first['text'] : blocks
}
