import { describe, expect, it } from 'vitest'
import { formatOf, openaiChunks, openaiFormat, openaiHeaders, openaiModels } from '../../../src/wire/index.ts'

const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'gpt-4o-mini' }
const parse = (chunk: string) => JSON.parse(chunk.replace(/^data: /, '')) as Record<string, unknown>

describe('openaiChunks', () => {
  it('writes the vendor’s chunks', () => {
    const chunks = openaiChunks(head, false)
    expect(parse(chunks.role())).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'gpt-4o-mini',
      choices: [
        {
          index: 0,
          delta: { role: 'assistant', content: '', refusal: null },
          logprobs: null,
          finish_reason: null,
        },
      ],
    })
    expect(parse(chunks.content('a "b"\n'))['choices']).toEqual([
      { index: 0, delta: { content: 'a "b"\n' }, logprobs: null, finish_reason: null },
    ])
    expect(parse(chunks.finish('stop'))['choices']).toEqual([
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ])
    expect(chunks.done()).toBe('data: [DONE]\n\n')
  })

  it('states usage in a last chunk without choices, and null in all others, if asked', () => {
    const chunks = openaiChunks(head, true)
    expect(
      [chunks.role(), chunks.content('a'), chunks.finish('stop')].map((chunk) => parse(chunk)['usage']),
    ).toEqual([null, null, null])
    expect(parse(chunks.usage({ inputTokens: 3, outputTokens: 4 }))).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    })
    expect(parse(openaiChunks(head, false).role())).not.toHaveProperty('usage')
  })
})

describe('the rest of the format', () => {
  it('carries a request id and rate limits, whose resets are durations', () => {
    expect(openaiHeaders('req_1')).toMatchObject({
      'x-request-id': 'req_1',
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-reset-requests': '6ms',
    })
  })

  it('lists models', () => {
    expect(JSON.parse(openaiModels(['gpt-4o-mini']))).toMatchObject({
      object: 'list',
      data: [{ id: 'gpt-4o-mini', object: 'model' }],
    })
  })

  it('is found by its name', () => {
    expect(formatOf('openai')).toBe(openaiFormat)
  })
})
