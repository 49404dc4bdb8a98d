import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropicEvents, anthropicFormat, tagText, type StreamEvent } from '../../../../src/wire/index.ts'
import { ping, textStream, toolStream } from '../../../support/router-anthropic.ts'

const event = (type: string, body: object | string = {}) =>
  `event: ${type}\ndata: ${typeof body === 'string' ? body : JSON.stringify({ type, ...body })}\n\n`
const error = (type: string, message: string) => event('error', { error: { details: null, type, message } })

function read(...pieces: (string | Uint8Array)[]) {
  const events: StreamEvent[] = []
  const reader = anthropicFormat.streamReader((one) => events.push(one))
  for (const piece of pieces) reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  const verdict = reader.end()
  return { verdict, events: events.map((one) => one.type), facts: reader.facts }
}
const outcome = ({ verdict }: ReturnType<typeof read>) =>
  verdict.ok ? (verdict.missingMarker ? 'ok, missing marker' : 'ok') : verdict.error.class

describe('a whole stream', () => {
  it('is reported event by event; pings are no content, and the last usage counts', () => {
    const { events, verdict, facts } = read(...textStream('a'))
    expect(events.join(' ')).toBe(
      'lifecycle lifecycle lifecycle content content content lifecycle finish usage done',
    )
    expect(verdict).toEqual({ ok: true, missingMarker: false })
    expect(facts).toEqual({
      id: 'msg_a',
      tag: 'msg_a',
      model: 'claude-test',
      finishReason: 'end_turn',
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 87,
      cacheWriteTokens: 3,
      cacheWrite1hTokens: null,
      content: true,
      done: true,
    })
  })

  it('has the tag from its text before its id', () => {
    const writer = anthropicEvents({ id: 'msg_router', created: 1, model: 'm' }, { inputTokens: 3 })
    const text = `Hello.${tagText('msg_p1')}`
    const pieces = text.split('').map((one) => writer.content(one))
    const { facts, verdict } = read(
      writer.opening(),
      ...pieces,
      writer.ending({ inputTokens: 3, outputTokens: 5 }),
    )
    expect(verdict.ok).toBe(true)
    expect(facts).toMatchObject({ id: 'msg_router', tag: 'msg_p1', inputTokens: 3, outputTokens: 5 })
  })
})

describe('verdict', () => {
  const whole = textStream('a')
  const [start, block] = whole as [string, string]
  const [hi, stop, end, done] = [whole[3]!, whole[6]!, whole[7]!, whole[8]!]

  it.each<[string, string[], string]>([
    ['a stop reason and message_stop', [start, block, hi, stop, end, done], 'ok'],
    ['a stop reason without message_stop', [start, block, hi, stop, end], 'ok, missing marker'],
    ['message_stop without a stop reason', [start, block, hi, stop, done], 'truncated'],
    ['content and then nothing', [start, block, hi], 'truncated'],
    ['an event cut in the middle', [start, block, hi, end.slice(0, -9)], 'truncated'],
    ['nothing at all', [], 'empty'],
    ['pings only', [ping, ping], 'empty'],
    ['a start, an empty block and an end', [start, block, stop, end, done], 'empty'],
    ['a refusal without a word', [start, end.replace('end_turn', 'refusal'), done], 'refused'],
    ['a tool call', toolStream('a'), 'ok'],
    [
      'thoughts but no content',
      [
        start,
        event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '' } }),
        event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } }),
        end,
        done,
      ],
      'empty',
    ],
    ['an event nobody knows', [start, block, hi, event('content_block_future'), stop, end, done], 'ok'],
    ['no JSON', [start, event('content_block_delta', '{oops')], 'malformed'],
    [
      'a piece cut in the middle, after content',
      [start, block, hi, hi.replace(/"\}\}\n/, '\n'), end, done],
      'malformed',
    ],
    ['JSON that is no object', [start, event('content_block_delta', '7')], 'malformed'],
    ['a start without a message', [event('message_start')], 'malformed'],
    ['overloaded before content', [start, error('overloaded_error', 'Overloaded')], 'overloaded'],
    ['overloaded after content', [start, block, hi, error('overloaded_error', 'Overloaded')], 'overloaded'],
    ['overloaded by another name', [start, error('api_error', 'Overloaded')], 'overloaded'],
    ['a fault of the server', [start, error('api_error', 'Internal server error')], 'server-error'],
    ['an empty balance', [start, error('invalid_request_error', 'Your credit balance is too low')], 'quota'],
    ['an error nobody names', [start, event('error', {})], 'stream-error'],
  ])('%s', (_, pieces, expected) => {
    expect(outcome(read(...pieces))).toBe(expected)
  })
})

it('reads the same, wherever the bytes are cut', () => {
  const bytes = Buffer.from([...toolStream('a').slice(0, -2), ...textStream('世界 🌍').slice(1)].join(''))
  const expected = read(bytes)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (sizes) => {
      const pieces: Buffer[] = []
      for (let at = 0, n = 0; at < bytes.length; at += sizes[n++ % sizes.length]!)
        pieces.push(bytes.subarray(at, at + sizes[n % sizes.length]!))
      expect(read(...pieces)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

it('survives any garbage, and judges it', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...toolStream('a')), fc.string(), fc.json())), (pieces) => {
      expect(read(...pieces).verdict).toHaveProperty('ok')
    }),
    { numRuns: 100 },
  )
})
