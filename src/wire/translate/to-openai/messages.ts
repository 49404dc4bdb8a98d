import { isObject, objectsIn, type JsonObject } from '../../json.ts'
import { refuseOthers } from '../fields.ts'
import { word, type Losses } from '../losses.ts'
import { alone, carryImage, carryText } from './parts.ts'

/** Writes what the system says, a message a block. */
export function carrySystem(system: unknown, losses: Losses): JsonObject[] {
  return blocksOf(system)
    .flatMap((block, index) => carryText(block, `system[${index}]`, losses))
    .map(({ text }) => ({ role: 'system', content: text }))
}

/** Writes Anthropic's messages as those of Chat Completions: each result of a tool is a message of its own. */
export function carryMessages(messages: unknown, losses: Losses): JsonObject[] {
  const all: unknown[] = Array.isArray(messages) ? messages : []
  const carried = all.flatMap((message, index) => {
    const path = `messages[${index}]`
    if (!isObject(message)) {
      losses.add(path)
      return []
    }
    refuseOthers(message, ['role', 'content'], path, losses)
    const blocks = blocksOf(message['content'])
    switch (message['role']) {
      case 'user':
        return carryUser(blocks, path, losses)
      case 'assistant':
        return carryAssistant(blocks, path, losses)
      case 'system':
        return [{ role: 'system', content: alone(blocks.flatMap((block) => carryText(block, path, losses))) }]
      default:
        losses.add(path, `role ${word(message['role'])}`)
        return []
    }
  })
  // Anthropic would write on where the assistant has stopped, OpenAI answers it: two questions, not one.
  if (carried.at(-1)?.['role'] === 'assistant') losses.add('messages', 'the last is the assistant’s')
  return carried
}

function carryUser(blocks: readonly JsonObject[], path: string, losses: Losses): JsonObject[] {
  const results: JsonObject[] = []
  const parts: JsonObject[] = []
  for (const [index, block] of blocks.entries()) {
    const at = `${path}.content[${index}]`
    if (block['type'] === 'tool_result') results.push(carryResult(block, at, losses))
    else if (block['type'] === 'image') parts.push(...carryImage(block, at, losses))
    else parts.push(...carryText(block, at, losses))
  }
  return parts.length === 0 ? results : [...results, { role: 'user', content: alone(parts) }]
}

function carryResult(block: JsonObject, path: string, losses: Losses): JsonObject {
  refuseOthers(block, ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'], path, losses)
  const parts = blocksOf(block['content']).flatMap((part, index) =>
    carryText(part, `${path}.content[${index}]`, losses),
  )
  // There is no word for a tool that failed: the text has to say so.
  if (block['is_error'] === true) parts.unshift({ type: 'text', text: 'Error: the tool failed.' })
  return { role: 'tool', tool_call_id: block['tool_use_id'], content: alone(parts) }
}

function carryAssistant(blocks: readonly JsonObject[], path: string, losses: Losses): JsonObject[] {
  const text: JsonObject[] = []
  const calls: JsonObject[] = []
  for (const [index, block] of blocks.entries()) {
    const { type, id, name, input } = block
    if (type === 'tool_use')
      calls.push({ id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } })
    else text.push(...carryText(block, `${path}.content[${index}]`, losses))
  }
  if (text.length === 0 && calls.length === 0) return []
  const content = text.length === 0 ? null : alone(text)
  return [{ role: 'assistant', content, ...(calls.length === 0 ? {} : { tool_calls: calls }) }]
}

function blocksOf(content: unknown): JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsIn(content)
}
