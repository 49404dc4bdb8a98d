import { anthropicEvent } from '../../anthropic/build.ts'
import { anthropicFormat } from '../../anthropic/format.ts'
import { classifyParsed } from '../../classify.ts'
import type { UsageFacts } from '../../format.ts'
import { isObject, objectsIn, parseJson, textOrNull, type JsonObject } from '../../json.ts'
import { finishReasonOf, partsOf, textOf } from '../../openai/choice.ts'
import { openaiUsage } from '../../openai/usage.ts'
import { hasError } from '../../verdict.ts'
import { envelopeFor } from '../error.ts'
import { stopReasonFor } from '../reasons.ts'
import { streamTranslator, type EventTranslator, type StreamTranslator } from '../stream.ts'
import { anthropicUsageOf } from '../usage.ts'

/**
 * Writes a Chat Completions stream as one of Messages, event for event:
 *
 *     the first chunk       -> message_start
 *     a piece of text       -> content_block_start (of text, unless one is open), content_block_delta
 *     a call of a tool      -> content_block_start (of its own), content_block_delta
 *     the finish reason     -> content_block_stop
 *     usage                 -> kept for message_delta, which carries it here
 *     [DONE]                -> message_delta, message_stop
 *     error                 -> error
 */
export function streamToAnthropic(): StreamTranslator {
  return streamTranslator(anthropicEvents)
}

function anthropicEvents(write: (text: string) => void): EventTranslator {
  let begun = false
  let over = false
  let stopReason: string | null = null
  let usage: UsageFacts = openaiUsage(null)
  /** The block that is open, and how many there were. */
  let open: number | null = null
  let blocks = 0
  let openIsText = false
  /** The block of each call, by the call's own index. */
  const calls = new Map<unknown, number>()

  const writeEvent = (body: Parameters<typeof anthropicEvent>[0]) => write(anthropicEvent(body))

  const read = (event: string | undefined, data: string): void => {
    if (over) return
    if (data.startsWith('[DONE]')) return finish()
    const body = parseJson(data)
    if (!isObject(body)) return
    if (event === 'error' || hasError(body['error'])) {
      over = true
      const error = envelopeFor(classifyParsed(null, body, data))
      return write(anthropicFormat.errorEvent(anthropicFormat.errorBody(error)))
    }
    if (!begun) begin(body)
    const choices = objectsIn(body['choices'])
    for (const delta of partsOf(choices, 'delta')) readDelta(delta)
    stopReason ??= stopReasonIn(choices)
    if (isObject(body['usage'])) usage = openaiUsage(body['usage'])
  }

  const begin = ({ id, model }: JsonObject): void => {
    begun = true
    const message = {
      id: id ?? null,
      type: 'message',
      role: 'assistant',
      model: model ?? null,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: anthropicUsageOf(usage),
    }
    writeEvent({ type: 'message_start', message })
  }

  const readDelta = (delta: JsonObject): void => {
    const text = textOf(delta)
    if (text !== '') {
      if (!openIsText) openBlock({ type: 'text', text: '' })
      writeEvent({ type: 'content_block_delta', index: open, delta: { type: 'text_delta', text } })
    }
    for (const call of objectsIn(delta['tool_calls'])) readCall(call)
  }

  const readCall = ({ index = 0, id, function: called }: JsonObject): void => {
    const { name, arguments: piece } = isObject(called) ? called : {}
    let block = calls.get(index)
    if (block === undefined) {
      block = openBlock({ type: 'tool_use', id: id ?? null, name: name ?? null, input: {} })
      calls.set(index, block)
    }
    if (textOrNull(piece) !== null)
      writeEvent({
        type: 'content_block_delta',
        index: block,
        delta: { type: 'input_json_delta', partial_json: piece },
      })
  }

  const openBlock = (block: JsonObject): number => {
    closeBlock()
    open = blocks++
    openIsText = block['type'] === 'text'
    writeEvent({ type: 'content_block_start', index: open, content_block: block })
    return open
  }

  const closeBlock = (): void => {
    if (open !== null) writeEvent({ type: 'content_block_stop', index: open })
    open = null
    openIsText = false
  }

  const finish = (): void => {
    over = true
    // A marker without a finish reason is a truncation: no end is written that the stream has not had.
    if (!begun || stopReason === null) return
    closeBlock()
    writeEvent({
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: anthropicUsageOf(usage),
    })
    writeEvent({ type: 'message_stop' })
  }

  return {
    read,
    // What has a finish reason is complete, whether its own marker came or not.
    end: () => {
      if (!over) finish()
    },
  }
}

function stopReasonIn(choices: readonly JsonObject[]): string | null {
  const reason = finishReasonOf(choices)
  return reason === null ? null : stopReasonFor(reason)
}
