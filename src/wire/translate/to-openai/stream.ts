import { isObject, parseJson, textOrNull, type JsonObject } from '../../json.ts'
import { anthropicUsage } from '../../anthropic/usage.ts'
import { classifyParsed } from '../../classify.ts'
import type { UsageFacts } from '../../format.ts'
import { openaiFormat } from '../../openai/format.ts'
import { envelopeFor } from '../error.ts'
import { finishReasonFor } from '../reasons.ts'
import { streamTranslator, type EventTranslator, type StreamTranslator } from '../stream.ts'
import { openaiUsageOf } from '../usage.ts'

/**
 * Writes a Messages stream as one of Chat Completions, event for event:
 *
 *     message_start        -> the role
 *     content_block_start  -> id and name of a tool's call
 *     content_block_delta  -> a piece of text, or of a call's arguments
 *     message_delta        -> the finish reason
 *     message_stop         -> usage, if the caller asked for it, and [DONE]
 *     error                -> error
 *
 * Pings and thoughts have no counterpart.
 */
export function streamToOpenai(created: number, includeUsage: boolean): StreamTranslator {
  return streamTranslator((write) => openaiEvents(write, created, includeUsage))
}

function openaiEvents(
  write: (text: string) => void,
  created: number,
  includeUsage: boolean,
): EventTranslator {
  let head: JsonObject = { id: null, object: 'chat.completion.chunk', created, model: null }
  let usage: UsageFacts = anthropicUsage(null)
  let over = false
  /** Of each block that is a tool's call: which call it is, and whether it has any arguments yet. */
  const calls = new Map<unknown, { index: number; begun: boolean }>()

  const writeDelta = (delta: JsonObject, finishReason: string | null = null) => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }]
    write(event({ ...head, choices, ...(includeUsage ? { usage: null } : {}) }))
  }
  const writeCall = (index: number, call: JsonObject) => writeDelta({ tool_calls: [{ index, ...call }] })

  const read = (name: string | undefined, data: string): void => {
    if (over) return
    const body = parseJson(data)
    if (!isObject(body)) return
    if (name === 'error' || body['type'] === 'error') {
      over = true
      const error = envelopeFor(classifyParsed(null, body, data))
      return write(openaiFormat.errorEvent(openaiFormat.errorBody(error)))
    }
    switch (body['type']) {
      case 'message_start': {
        const message = isObject(body['message']) ? body['message'] : {}
        head = { ...head, id: message['id'], model: message['model'] }
        usage = anthropicUsage(message['usage'])
        return writeDelta({ role: 'assistant', content: '', refusal: null })
      }
      case 'content_block_start':
        return begin(body['index'], body['content_block'])
      case 'content_block_delta':
        return goOn(body['index'], body['delta'])
      case 'content_block_stop':
        return end(body['index'])
      case 'message_delta':
        return finish(body)
      case 'message_stop':
        over = true
        if (includeUsage) write(event({ ...head, choices: [], usage: openaiUsageOf(usage) }))
        write('data: [DONE]\n\n')
    }
  }

  const begin = (block: unknown, content: unknown): void => {
    if (!isObject(content)) return
    if (content['type'] === 'text') return writeText(content)
    if (content['type'] !== 'tool_use') return
    const index = calls.size
    calls.set(block, { index, begun: false })
    const { id, name } = content
    writeCall(index, { id, type: 'function', function: { name, arguments: '' } })
  }

  const goOn = (block: unknown, delta: unknown): void => {
    if (!isObject(delta)) return
    if (delta['type'] === 'text_delta') return writeText(delta)
    const call = calls.get(block)
    const piece = delta['type'] === 'input_json_delta' ? textOrNull(delta['partial_json']) : null
    if (call === undefined || piece === null) return
    call.begun = true
    writeCall(call.index, { function: { arguments: piece } })
  }

  // A tool without parameters is called without a word, where OpenAI writes an empty object.
  const end = (block: unknown): void => {
    const call = calls.get(block)
    if (call?.begun === false) writeCall(call.index, { function: { arguments: '{}' } })
  }

  const finish = ({ delta, usage: stated }: JsonObject): void => {
    const known = Object.entries(anthropicUsage(stated)).filter(([, tokens]) => tokens !== null)
    usage = { ...usage, ...Object.fromEntries(known) }
    const reason = isObject(delta) ? textOrNull(delta['stop_reason']) : null
    if (reason !== null) writeDelta({}, finishReasonFor(reason))
  }

  const writeText = ({ text }: JsonObject): void => {
    if (textOrNull(text) !== null) writeDelta({ content: text })
  }

  return {
    read,
    // What has a finish reason is complete, whether its own marker came or not.
    end: () => {
      if (!over) read(undefined, '{"type":"message_stop"}')
    },
  }
}

function event(body: JsonObject): string {
  return `data: ${JSON.stringify(body)}\n\n`
}
