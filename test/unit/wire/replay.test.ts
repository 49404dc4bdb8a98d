import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiChunks, openaiFormat, openaiReplay, openaiWhole, tagText } from '../../../src/wire/index.ts'

const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'gpt-4o-mini' }
const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
const plain = (message: object, finish_reason = 'stop', more: object = { usage }) =>
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason }],
    ...more,
  })
const verdictOf = (stream: string) => {
  const reader = openaiFormat.streamReader()
  reader.push(Buffer.from(stream))
  return { ...reader.end(), ...reader.facts }
}
const calls = [
  { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
  { id: 'call_2', type: 'function', function: { name: 'time', arguments: '{}' } },
]

describe('a plain answer, played as a stream', () => {
  it.each([
    ['text', { role: 'assistant', content: 'Grüße, 世界 🌍 '.repeat(30), refusal: null }, 'stop'],
    ['calls of tools', { role: 'assistant', content: null, tool_calls: calls }, 'tool_calls'],
    ['text and reasoning', { role: 'assistant', content: 'so', reasoning_content: 'because' }, 'stop'],
  ])('is a good stream that says the same: %s', (_what, message, finishReason) => {
    const stream = openaiReplay(plain(message, finishReason), true)!
    expect(verdictOf(stream)).toMatchObject({
      ok: true,
      missingMarker: false,
      finishReason,
      inputTokens: 7,
      outputTokens: 3,
      id: 'chatcmpl-1',
    })
    const again = JSON.parse(openaiWhole(stream)!) as { choices: { message: object }[]; usage: unknown }
    const { refusal: _, ...said } = message as { refusal?: null; content: string | null }
    expect([again.choices[0]?.message, again.usage]).toEqual([
      { ...said, content: said.content ?? '' },
      usage,
    ])
  })

  it('tells its usage only to those who asked', () => {
    const body = plain({ role: 'assistant', content: 'hi' })
    expect(openaiReplay(body, false)).not.toContain('usage')
    expect(openaiReplay(body, true)!.match(/"usage":null/g)!.length).toBeGreaterThan(1)
  })

  it('comes in more pieces than one, and still ends with its attempt’s tag', () => {
    const text = 'word '.repeat(100) + tagText('run-7.p12')
    const stream = openaiReplay(plain({ role: 'assistant', content: text }), false)!
    expect(stream.match(/"content"/g)!.length).toBeGreaterThan(5)
    expect(verdictOf(stream).tag).toBe('run-7.p12')
  })

  it('is nothing where there is no answer', () => {
    expect(openaiReplay('not JSON', false)).toBeNull()
  })
})

describe('a stream, put together', () => {
  const written = (pieces: readonly string[]) => {
    const writer = openaiChunks(head, true)
    return [
      writer.role(),
      ...pieces.map((piece) => writer.content(piece)),
      writer.finish('stop'),
      writer.usage({ inputTokens: 7, outputTokens: 3 }),
      writer.done(),
    ].join('')
  }

  it('says what its pieces said, and what was counted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }), (pieces) => {
        const body = openaiWhole(written(pieces))!
        const answer = openaiFormat.readAnswer(body)
        expect(JSON.parse(body)).toMatchObject({
          choices: [{ message: { content: pieces.join('') } }],
          usage,
        })
        expect(answer.ok || pieces.join('') === '').toBe(true)
        expect(openaiWhole(openaiReplay(body, true)!)).toBe(body)
      }),
      { numRuns: 60 },
    )
  })

  it('joins the arguments of a tool’s call', () => {
    const delta = (tool_calls: object[]) =>
      `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta: { tool_calls }, finish_reason: null }] })}\n\n`
    const stream = [
      delta([{ index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }]),
      delta([{ index: 0, function: { arguments: '{"city":' } }]),
      delta([{ index: 0, function: { arguments: '"Zürich"}' } }]),
      delta([{ index: 1, ...calls[1] }]),
    ].join('')
    expect(JSON.parse(openaiWhole(stream)!)).toMatchObject({ choices: [{ message: { tool_calls: calls } }] })
  })

  it.each([
    ['log probabilities', { delta: { content: 'a' }, logprobs: { content: [] } }],
    ['audio', { delta: { audio: { data: 'AAAA' } } }],
    ['a call out of its order', { delta: { tool_calls: [{ index: 5, function: {} }] } }],
  ])('is nothing if it holds %s', (_what, choice) => {
    expect(
      openaiWhole(`data: ${JSON.stringify({ ...head, choices: [{ index: 0, ...choice }] })}\n\n`),
    ).toBeNull()
  })

  it.each(['data: {"error":{"message":"no"}}\n\n', 'data: nonsense\n\n', '', 'data: [DONE]\n\n'])(
    'is nothing if it is %j',
    (stream) => {
      expect(openaiWhole(stream)).toBeNull()
    },
  )
})
