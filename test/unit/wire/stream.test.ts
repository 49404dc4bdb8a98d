import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiChunks, openaiFormat, tagText, type StreamEvent } from '../../../src/wire/index.ts'

const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'gpt-4o-mini' }
const w = openaiChunks(head, false)
const withUsage = openaiChunks(head, true)
const event = (body: unknown, name?: string) =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${typeof body === 'string' ? body : JSON.stringify(body)}\n\n`
const delta = (fields: object, finish: string | null = null) =>
  event({ id: 'x1', choices: [{ index: 0, delta: fields, finish_reason: finish }] })

function read(...pieces: (string | Uint8Array)[]) {
  const events: StreamEvent[] = []
  const reader = openaiFormat.streamReader((one) => events.push(one))
  for (const piece of pieces) reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  const verdict = reader.end()
  return { verdict, events: events.map((one) => one.type), reader, facts: reader.facts }
}
const outcome = ({ verdict }: ReturnType<typeof read>) =>
  verdict.ok ? (verdict.missingMarker ? 'ok, missing marker' : 'ok') : verdict.error.class

describe('a whole stream', () => {
  const whole = [
    withUsage.role(),
    withUsage.content('Hel'),
    withUsage.content('lo.'),
    withUsage.finish('stop'),
    withUsage.usage({ inputTokens: 9, outputTokens: 2 }),
    withUsage.done(),
  ]

  it('is reported event by event', () => {
    const { events, verdict, facts } = read(...whole)
    expect(events).toEqual(['lifecycle', 'content', 'content', 'finish', 'usage', 'done'])
    expect(verdict).toEqual({ ok: true, missingMarker: false })
    expect(facts).toEqual({
      id: 'chatcmpl-1',
      tag: 'chatcmpl-1',
      model: 'gpt-4o-mini',
      finishReason: 'stop',
      inputTokens: 9,
      outputTokens: 2,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      cacheWrite1hTokens: null,
      content: true,
      done: true,
    })
  })

  it('knows the tag from the first event on', () => {
    const reader = openaiFormat.streamReader()
    reader.push(Buffer.from(whole[0]!))
    expect(reader.facts).toMatchObject({ tag: 'chatcmpl-1', content: false })
  })
})

describe('verdict', () => {
  const [role, hi, stop, done] = [w.role(), w.content('hi'), w.finish('stop'), w.done()]

  it.each([
    ['a finish reason and the marker', [role, hi, stop, done], 'ok'],
    ['a finish reason without the marker', [role, hi, stop], 'ok, missing marker'],
    ['the marker without a finish reason', [role, hi, done], 'truncated'],
    ['a finish reason behind the marker, where no client reads', [role, hi, done, stop], 'truncated'],
    ['two events that were glued together', [role, hi, hi.trimEnd() + hi.slice(6), stop, done], 'malformed'],
    ['content and then nothing', [role, hi], 'truncated'],
    ['an event cut in the middle', [role, hi, stop.slice(0, -8)], 'truncated'],
    ['nothing at all', [], 'empty'],
    ['only a role', [role], 'empty'],
    ['a role and a finish', [role, stop, done], 'empty'],
    ['empty deltas', [role, w.content(''), w.content(''), stop, done], 'empty'],
    ['an answer that a filter removed', [role, w.finish('content_filter'), done], 'refused'],
    ['pings between the tokens', [': ping\n\n', role, ': ping\n\n', hi, 'data:\n\n', stop, done], 'ok'],
    ['a named ping', [role, event('{"type": "ping"}', 'ping'), hi, event('pong', 'ping'), stop, done], 'ok'],
    ['pings only', [': ping\n\n', ': OPENROUTER PROCESSING\n\n'], 'empty'],
    [
      'a tool call',
      [role, delta({ tool_calls: [{ index: 0, id: 't' }] }), w.finish('tool_calls'), done],
      'ok',
    ],
    ['a refusal by the model', [role, delta({ refusal: 'No.' }), stop, done], 'ok'],
    ['thoughts but no content', [role, delta({ reasoning_content: 'hm' }), stop, done], 'empty'],
    ['the finish reason with the last content', [role, delta({ content: 'hi' }, 'length'), done], 'ok'],
    ['no JSON', [role, event('{oops')], 'malformed'],
    ['JSON that is no object', [role, event('7')], 'malformed'],
    ['no JSON after content', [role, hi, event('{oops'), stop, done], 'malformed'],
    [
      'a cut object after content',
      [role, hi, event('{"choices":[{"delta":{"content":"a'), done],
      'malformed',
    ],
    ['carriage returns', [[role, hi, stop, done].join('').replaceAll('\n', '\r\n')], 'ok'],
    ['a byte order mark', [`\uFEFF${role}`, hi, stop, done], 'ok'],
    ['a comment of an odd kind', ['odd: field\n\n', role, hi, stop, done], 'ok'],
  ])('of %s', (_, pieces, expected) => {
    expect(outcome(read(...pieces))).toBe(expected)
  })

  it.each([
    [
      'before content',
      [w.role(), event({ error: { type: 'overloaded_error', message: 'Overloaded' } })],
      'overloaded',
    ],
    ['after content', [hi, event({ error: { message: 'hm' } })], 'stream-error'],
    [
      'after content, then a polite end',
      [hi, event({ error: { code: 'server_error' } }), stop, done],
      'server-error',
    ],
    [
      'as a named event',
      [hi, event({ type: 'error', error: { type: 'api_error', message: 'x' } }, 'error')],
      'server-error',
    ],
    ['as a named event without JSON', [hi, event('upstream died', 'error')], 'stream-error'],
    ['as a named event that is its own error', [event({ code: 'invalid_api_key' }, 'error')], 'credential'],
    ['of a quota after a lifecycle event', [role, event({ error: { code: 'insufficient_quota' } })], 'quota'],
    [
      'in OpenRouter’s way',
      [
        hi,
        event({
          error: { code: 502, message: 'gone' },
          choices: [{ delta: { content: '' }, finish_reason: 'error' }],
        }),
      ],
      'server-error',
    ],
    ['as a finish reason', [hi, w.finish('error'), done], 'stream-error'],
    [
      'of null is none',
      [role, event({ error: null, choices: [{ delta: { content: 'hi' } }] }), stop, done],
      'ok',
    ],
  ])('of an error in band %s', (_, pieces, expected) => {
    expect(outcome(read(...pieces))).toBe(expected)
  })

  it('keeps the first failure', () => {
    const { verdict } = read(event({ error: { code: 'invalid_api_key' } }), event('{oops'))
    expect(verdict).toMatchObject({ ok: false, error: { class: 'credential', code: 'invalid_api_key' } })
  })

  it('refuses an event without end instead of filling the memory', () => {
    const reader = openaiFormat.streamReader()
    const megabyte = Buffer.alloc(1_000_000, 'x')
    reader.push(Buffer.from('data: '))
    for (let i = 0; i < 10; i++) reader.push(megabyte)
    expect(reader.end()).toMatchObject({ ok: false, error: { class: 'malformed' } })
  })
})

describe('content', () => {
  it('is not mistaken for what it quotes', () => {
    const quotes = '"finish_reason": "stop", "usage": {"error": {"x": 1}} data: [DONE]'
    const { events, facts } = read(w.content('a'), w.content(quotes), w.done())
    expect(events).toEqual(['content', 'content', 'done'])
    expect(facts.finishReason).toBeNull()
  })

  it('counts only when it is not empty, before and after the first', () => {
    const { events } = read(
      w.content(''),
      w.content('a'),
      w.content(''),
      delta({ role: 'assistant' }),
      w.content('b'),
    )
    expect(events).toEqual(['lifecycle', 'content', 'lifecycle', 'lifecycle', 'content'])
  })
})

describe('tag', () => {
  const text = `Good morning.${tagText('chatcmpl-p1abc')}`

  it.each([1, 2, 3, 5, 100])('is found in a text cut into pieces of %i', (size) => {
    const pieces = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []
    const { facts } = read(
      event({ id: 'router-1', choices: [] }),
      ...pieces.map((piece) => w.content(piece)),
      w.done(),
    )
    expect(facts.tag).toBe('chatcmpl-p1abc')
  })

  it('is the id where the text has none', () => {
    expect(read(delta({ content: 'see [1]' }), w.done()).facts.tag).toBe('x1')
    expect(read(...Array.from({ length: 300 }, () => delta({ content: ']' }))).facts.tag).toBe('x1')
  })

  it('is found at the end of a long stream', () => {
    const long = Array.from({ length: 500 }, (_, i) => w.content(` word${i}`))
    expect(read(...long, w.content(tagText('t9')), w.finish('stop')).facts.tag).toBe('t9')
  })
})

describe('bytes', () => {
  const stream = [
    w.role(),
    w.content('Grüße, 世界 🎉'),
    w.content(tagText('ö🎉')),
    w.finish('stop'),
    w.done(),
  ].join('')
  const bytes = Buffer.from(stream)

  it('may be split at any place, within a character too', () => {
    for (let at = 0; at <= bytes.length; at++) {
      const { facts, events, verdict } = read(bytes.subarray(0, at), bytes.subarray(at))
      expect([verdict.ok, facts.tag, events.length]).toEqual([true, 'ö🎉', 5])
    }
  })

  it('may come in pieces of any sizes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 })
    fc.assert(
      fc.property(sizes, fc.boolean(), (lengths, crlf) => {
        const whole = crlf ? Buffer.from(stream.replaceAll('\n', '\r\n')) : bytes
        const pieces: Uint8Array[] = []
        for (let at = 0, i = 0; at < whole.length; i++) {
          const length = lengths[i % lengths.length]!
          pieces.push(whole.subarray(at, at + length))
          at += length
        }
        const { facts, events, verdict } = read(...pieces)
        expect(events).toEqual(['lifecycle', 'content', 'content', 'finish', 'done'])
        expect([verdict, facts.tag]).toEqual([{ ok: true, missingMarker: false }, 'ö🎉'])
      }),
    )
  })
})
