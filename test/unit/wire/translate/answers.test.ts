import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropicFormat, openaiFormat, translationBetween } from '../../../../src/wire/index.ts'
import {
  message,
  ping,
  textStream,
  TOOL_CALL,
  toolMessage,
  toolStream,
} from '../../../support/router-anthropic.ts'
import { completion, OPENAI_CALL as call, openaiToolStream } from '../../../support/router-openai.ts'
import { streamBody } from '../../../support/router-upstream.ts'

const context = { created: 1_700_000_000, includeUsage: true }
const fromAnthropic = translationBetween('openai', 'anthropic')!
const fromOpenai = translationBetween('anthropic', 'openai')!

describe('a plain answer', () => {
  it('of Anthropic becomes one of OpenAI, its id and its cached tokens kept', () => {
    expect(JSON.parse(fromAnthropic.answer(toolMessage('a'), context)!)).toEqual({
      id: 'msg_a',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'claude-test',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Let me look.', refusal: null, tool_calls: [call] },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 87, cache_write_tokens: 3 },
      },
    })
  })

  it('of OpenAI becomes one of Anthropic, its id and its cached tokens kept', () => {
    const body = completion('a', 'tool_calls', { tool_calls: [call] })
    expect(JSON.parse(fromOpenai.answer(body, context)!)).toEqual({
      id: 'chatcmpl-a',
      type: 'message',
      role: 'assistant',
      model: 'gpt-test',
      content: [
        { type: 'text', text: 'Let me look.', citations: null },
        { type: 'tool_use', ...TOOL_CALL },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 13,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 87,
        output_tokens: 20,
      },
    })
  })

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['model_context_window_exceeded', 'length'],
    ['a_reason_of_next_year', 'stop'],
  ])('that ended by %s has ended by %s', (stop, finish) => {
    const body = fromAnthropic.answer(message('a', { stop_reason: stop }), context)!
    expect(openaiFormat.readAnswer(body)).toMatchObject({ ok: true, facts: { finishReason: finish } })
  })

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['a_reason_of_next_year', 'end_turn'],
  ])('that ended by %s has, the other way, ended by %s', (finish, stop) => {
    const body = fromOpenai.answer(completion('a', finish), context)!
    expect(anthropicFormat.readAnswer(body)).toMatchObject({ ok: true, facts: { finishReason: stop } })
  })

  it('in which the model itself refuses is a refusal', () => {
    const body = fromOpenai.answer(completion('a', 'stop', { content: null, refusal: 'No.' }), context)!
    expect(JSON.parse(body)).toMatchObject({ content: [{ text: 'No.' }], stop_reason: 'refusal' })
  })

  it.each<[string, () => string | null]>([
    ['HTML', () => fromAnthropic.answer('<html>', context)],
    [
      'an error in spite of the 200',
      () => fromAnthropic.answer('{"type":"error","error":{"type":"api_error","message":"x"}}', context),
    ],
    ['HTML, the other way', () => fromOpenai.answer('<html>', context)],
    ['an answer without a choice', () => fromOpenai.answer('{"choices":[]}', context)],
    [
      'a call whose arguments are no object',
      () =>
        fromOpenai.answer(
          completion('a', 'tool_calls', {
            tool_calls: [{ ...call, function: { name: 'f', arguments: '{oops' } }],
          }),
          context,
        ),
    ],
  ])('that cannot be said in the other format is none: %s', (_, translate) => {
    expect(translate()).toBeNull()
  })
})

function events(text: string): { event: string | undefined; data: unknown }[] {
  return text
    .split('\n\n')
    .filter((one) => one.trim() !== '')
    .map((one) => {
      const data = /^data: (.*)$/m.exec(one)![1]!
      return { event: /^event: (.*)$/m.exec(one)?.[1], data: data === '[DONE]' ? data : JSON.parse(data) }
    })
}
const translated = (translation: typeof fromOpenai, pieces: readonly (string | Uint8Array)[], more = {}) => {
  const translator = translation.stream({ ...context, ...more })
  const written = pieces.map((piece) =>
    translator.push(typeof piece === 'string' ? Buffer.from(piece) : piece),
  )
  return [...written, translator.end()].join('')
}

describe('a stream of OpenAI becomes one of Anthropic', () => {
  it('event for event', () => {
    const got = events(translated(fromOpenai, openaiToolStream('a')))
    expect(got.every(({ event, data }) => (data as { type: string }).type === event)).toBe(true)
    const usage = {
      input_tokens: 13,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 87,
      output_tokens: 20,
    }
    expect(got.map(({ data }) => data)).toMatchObject([
      {
        type: 'message_start',
        message: { id: 'chatcmpl-a', model: 'gpt-test', content: [], role: 'assistant' },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Let me ' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'look.' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: TOOL_CALL.id, name: TOOL_CALL.name, input: {} },
      },
      {
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'input_json_delta', partial_json: '{"city":"Zü' },
      },
      {
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'input_json_delta', partial_json: 'rich 🌍"}' },
      },
      { type: 'content_block_stop', index: 1 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
      { type: 'message_stop' },
    ])
  })

  it('whole even where the marker was forgotten, and with what was said of its tokens', () => {
    const text = translated(fromOpenai, openaiToolStream('a').slice(0, -1))
    const reader = anthropicFormat.streamReader()
    reader.push(Buffer.from(text))
    expect(reader.end()).toEqual({ ok: true, missingMarker: false })
    expect(reader.facts).toMatchObject({ inputTokens: 100, outputTokens: 20, cacheReadTokens: 87 })
  })

  it('without an end that it has not had: a marker without a finish reason ends nothing', () => {
    const stream = openaiToolStream('a')
    const text = translated(fromOpenai, [...stream.slice(0, 3), stream.at(-1)!])
    expect(text).not.toContain('message_stop')
    expect(text).not.toContain('stop_reason":"')
  })

  it('and an error within it an error, after which there is nothing', () => {
    const error =
      'data: {"error":{"type":"server_error","code":null,"message":"The model is overloaded"}}\n\n'
    const got = events(
      translated(fromOpenai, [
        ...openaiToolStream('a').slice(0, 3),
        error,
        ...openaiToolStream('a').slice(3),
      ]),
    )
    expect(got.at(-1)).toMatchObject({
      event: 'error',
      data: { type: 'error', error: { type: 'overloaded_error', message: 'The model is overloaded' } },
    })
  })
})

describe('a stream of Anthropic becomes one of OpenAI', () => {
  const choices = (text: string) =>
    events(text).map(({ data }) =>
      data === '[DONE]'
        ? data
        : (data as { choices: { delta: object; finish_reason: string | null }[] }).choices,
    )

  it('event for event', () => {
    const [role, ...rest] = choices(translated(fromAnthropic, toolStream('a'))).map((one) =>
      Array.isArray(one) && one[0] ? one[0] : one,
    )
    expect(role).toMatchObject({ delta: { role: 'assistant', content: '' }, finish_reason: null })
    expect(rest).toMatchObject([
      { delta: { content: 'Let me look.' } },
      {
        delta: {
          tool_calls: [
            {
              index: 0,
              id: TOOL_CALL.id,
              type: 'function',
              function: { name: TOOL_CALL.name, arguments: '' },
            },
          ],
        },
      },
      { delta: { tool_calls: [{ index: 0, function: { arguments: '{"city":"' } }] } },
      { delta: { tool_calls: [{ index: 0, function: { arguments: 'Zürich 🌍"}' } }] } },
      { delta: {}, finish_reason: 'tool_calls' },
      [],
      '[DONE]',
    ])
  })

  it.each([true, false])('with usage only where it was asked for: %s', (includeUsage) => {
    const text = translated(fromAnthropic, textStream('a'), { includeUsage })
    const reader = openaiFormat.streamReader()
    reader.push(Buffer.from(text))
    expect(reader.end()).toEqual({ ok: true, missingMarker: false })
    expect(reader.facts).toMatchObject({
      id: 'msg_a',
      finishReason: 'stop',
      inputTokens: includeUsage ? 100 : null,
      cacheReadTokens: includeUsage ? 87 : null,
    })
  })

  it('in which a tool without parameters is called with an empty object', () => {
    const noInput = toolStream('a').filter((one) => !one.includes('input_json_delta'))
    expect(translated(fromAnthropic, noInput)).toContain('"arguments":"{}"')
  })

  it('without its pings and its thoughts', () => {
    const thought =
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}\n\n'
    const [start, ...rest] = textStream('a')
    expect(translated(fromAnthropic, [start!, ping, thought, ping, ...rest])).toBe(
      translated(fromAnthropic, textStream('a')),
    )
  })

  it('and an error within it an error, after which there is nothing', () => {
    const error =
      'event: error\ndata: {"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}\n\n'
    const got = events(
      translated(fromAnthropic, [...textStream('a').slice(0, 5), error, ...textStream('a').slice(5)]),
    )
    expect(got.at(-1)?.data).toEqual({
      error: { message: 'Overloaded', type: 'overloaded', param: null, code: null },
    })
  })
})

describe('however the bytes are cut, inside a character too', () => {
  it.each([
    ['to Anthropic', fromOpenai, Buffer.from(openaiToolStream('a').join(''))],
    ['to Anthropic, a stream of text', fromOpenai, Buffer.from(streamBody('a'))],
    ['to OpenAI', fromAnthropic, Buffer.from(toolStream('世界').join(''))],
    ['to OpenAI, a stream of text', fromAnthropic, Buffer.from(textStream('🌍').join(''))],
  ])('the translation is the same: %s', (_, translation, bytes) => {
    const expected = translated(translation, [bytes])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sizes) => {
        const pieces: Buffer[] = []
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = sizes[n % sizes.length]!
          pieces.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(translated(translation, pieces)).toBe(expected)
      }),
      { numRuns: 40 },
    )
  })
})

describe('garbage', () => {
  const json = fc.json().map((text) => `data: ${text}\n\n`)
  const garbage = (stream: readonly string[]) =>
    fc.array(fc.oneof(fc.constantFrom(...stream), json, fc.string()))

  it('in a stream is survived, in both directions', () => {
    fc.assert(
      fc.property(garbage(openaiToolStream('a')), garbage(toolStream('a')), (openai, anthropic) => {
        expect(translated(fromOpenai, openai)).toBeTypeOf('string')
        expect(translated(fromAnthropic, anthropic)).toBeTypeOf('string')
      }),
      { numRuns: 100 },
    )
  })

  it('as a request or an answer is survived, in both directions', () => {
    const body = fc.object({
      key: fc.constantFrom(
        'messages',
        'content',
        'role',
        'tools',
        'system',
        'type',
        'stop',
        'usage',
        'choices',
        'message',
        'x',
      ),
    })
    fc.assert(
      fc.property(body, (anything) => {
        for (const translation of [fromOpenai, fromAnthropic]) {
          expect(translation.request(anything as Record<string, unknown>)).toHaveProperty('losses')
          translation.answer(JSON.stringify(anything), context)
          translation.models(JSON.stringify(anything))
        }
      }),
      { numRuns: 200 },
    )
  })
})
