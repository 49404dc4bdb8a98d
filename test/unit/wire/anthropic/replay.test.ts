import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropicEvent } from '../../../../src/wire/anthropic/build.ts'
import { anthropicFormat, anthropicReplay, anthropicWhole, tagText } from '../../../../src/wire/index.ts'
import { message, ping, textStream, toolMessage, toolStream } from '../../../support/router-anthropic.ts'

const usage = {
  input_tokens: 10,
  cache_creation_input_tokens: 3,
  cache_read_input_tokens: 87,
  output_tokens: 20,
}
const content = (...blocks: object[]) => message('a', { content: blocks })
const verdictOf = (stream: string) => {
  const reader = anthropicFormat.streamReader()
  reader.push(Buffer.from(stream))
  return { ...reader.end(), ...reader.facts }
}
const thought = { type: 'thinking', thinking: 'Let me see. '.repeat(20), signature: 'c2lnbmVk' }
const hidden = { type: 'redacted_thinking', data: 'AAAA' }
const text = { type: 'text', text: 'Grüße, 世界 🌍 '.repeat(30) }

describe('a plain answer of Anthropic’s, played as a stream', () => {
  it.each([
    ['text', content(text), 'end_turn'],
    ['text and a call of a tool', toolMessage('a'), 'tool_use'],
    ['a call without arguments', content({ type: 'tool_use', id: 't', name: 'f', input: {} }), 'end_turn'],
    ['thoughts, signed and hidden', content(thought, hidden, text), 'end_turn'],
    [
      'text that a sequence ended',
      message('a', { stop_reason: 'stop_sequence', stop_sequence: 'END' }),
      'stop_sequence',
    ],
  ])('is a good stream that says the same: %s', (_what, body, finishReason) => {
    const stream = anthropicReplay(body)!
    expect(verdictOf(stream)).toMatchObject({
      ok: true,
      missingMarker: false,
      finishReason,
      id: 'msg_a',
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 87,
      cacheWriteTokens: 3,
    })
    expect(JSON.parse(anthropicWhole(stream)!)).toEqual(JSON.parse(body))
  })

  it('comes in more pieces than one, and still ends with its attempt’s tag', () => {
    const stream = anthropicReplay(
      content({ type: 'text', text: 'word '.repeat(100) + tagText('run-7.p12') }),
    )!
    expect(stream.match(/text_delta/g)!.length).toBeGreaterThan(5)
    expect(verdictOf(stream).tag).toBe('run-7.p12')
  })

  it.each([
    ['no JSON', 'not JSON'],
    ['no answer', '{"type":"error","error":{}}'],
    ['what a tool of the vendor’s found', content({ type: 'web_search_tool_result', content: [] })],
    ['citations', content({ ...text, citations: [{ type: 'char_location' }] })],
  ])('is nothing where there is %s', (_what, body) => {
    expect(anthropicReplay(body)).toBeNull()
  })
})

describe('a stream of Anthropic’s, put together', () => {
  it.each([
    ['text', textStream('a'), JSON.parse(message('a'))],
    ['a call of a tool whose input comes in pieces', toolStream('a'), JSON.parse(toolMessage('a'))],
  ])('says what its events said: %s', (_what, events, expected) => {
    expect(JSON.parse(anthropicWhole(events.join(ping))!)).toEqual(expected)
  })

  it('says what its pieces said, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }), (pieces) => {
        const body = content({ type: 'text', text: pieces.join('') })
        expect(JSON.parse(anthropicWhole(anthropicReplay(body)!)!)).toEqual(JSON.parse(body))
      }),
      { numRuns: 40 },
    )
  })

  const begun = anthropicEvent({
    type: 'message_start',
    message: { id: 'msg_a', type: 'message', role: 'assistant', content: [], usage },
  })
  const block = (content_block: object, index = 0) =>
    anthropicEvent({ type: 'content_block_start', index, content_block })
  const delta = (piece: object) => anthropicEvent({ type: 'content_block_delta', index: 0, delta: piece })

  it.each([
    ['holds citations', begun + block(text) + delta({ type: 'citations_delta', citation: {} })],
    [
      'holds a call whose input is cut off',
      begun + block({ type: 'tool_use' }) + delta({ type: 'input_json_delta', partial_json: '{"a":' }),
    ],
    ['has a block out of its order', begun + block(text, 3)],
    ['has a piece of no block', begun + delta({ type: 'text_delta', text: 'x' })],
    ['has an error in it', begun + anthropicEvent({ type: 'error', error: {} })],
    ['is garbage', 'data: nonsense\n\n'],
    ['is empty', ''],
  ])('is nothing if it %s', (_what, stream) => {
    expect(anthropicWhole(stream)).toBeNull()
  })
})
