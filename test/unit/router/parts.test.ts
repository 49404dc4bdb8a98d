import { describe, expect, it } from 'vitest'
import { Bill, usageStated } from '../../../src/router/cost.ts'
import { headersToCaller, headersToProvider, headersUntouched } from '../../../src/router/headers.ts'
import { formatOf } from '../../../src/wire/index.ts'

const [openai, anthropic] = [formatOf('openai'), formatOf('anthropic')]
const price = { input: 0.15, output: 0.6 }

describe('a bill', () => {
  it.each([
    [[{ inputTokens: 1000, outputTokens: 100 }], '0.00021'],
    [[{ inputTokens: 1, outputTokens: 0 }], '0.00000015'],
    [
      [
        { inputTokens: 10, outputTokens: 1 },
        { inputTokens: 10, outputTokens: 1 },
      ],
      '0.0000042',
    ],
    [[{ inputTokens: 0, outputTokens: 0 }], '0'],
    [[{ inputTokens: 2_000_000_000, outputTokens: 0 }], '300'],
  ])('adds %j up to %s dollars, as a plain decimal', (usages, expected) => {
    const bill = new Bill()
    for (const usage of usages) bill.add(usage, price)
    expect(bill.text()).toBe(expected)
  })

  it.each<[string, (bill: Bill) => void]>([
    ['an unknown price', (bill) => bill.add({ inputTokens: 1, outputTokens: 1 }, undefined)],
    ['an unknown usage', (bill) => bill.addUnknown()],
  ])('is unknown for good with %s, before or after what is known', (_name, spoil) => {
    const [before, after] = [new Bill(), new Bill()]
    spoil(before)
    before.add({ inputTokens: 1, outputTokens: 1 }, price)
    after.add({ inputTokens: 1, outputTokens: 1 }, price)
    spoil(after)
    expect([before.text(), after.text()]).toEqual([null, null])
  })

  it.each([
    [openai, '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}', [3, 0]],
    [openai, '{"usage":{"prompt_tokens":"3","completion_tokens":0}}', null],
    [openai, '{"usage":null}', null],
    [openai, 'null', null],
    [openai, '<html>', null],
    [anthropic, '{"usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":0}}', [7, 0, 4]],
    [anthropic, '{"usage":{"prompt_tokens":3,"completion_tokens":0}}', null],
  ])('takes from a rejected answer the usage it states: $0.id, %s', (format, body, expected) => {
    const [inputTokens, outputTokens, cacheReadTokens = null] = expected ?? []
    const unsaid = { cacheWriteTokens: null, cacheWrite1hTokens: null }
    expect(usageStated(body, format)).toEqual(
      expected === null ? null : { inputTokens, outputTokens, cacheReadTokens, ...unsaid },
    )
  })
})

describe('headers', () => {
  const caller = {
    host: 'router',
    authorization: 'Bearer mine',
    'api-key': 'mine',
    cookie: 'a=b',
    accept: 'text/event-stream',
    traceparent: '00-1',
    'openai-organization': 'org-1',
    connection: 'keep-alive',
    'accept-encoding': 'gzip',
    'content-length': '5',
  }

  it('to a provider are its own, and of the caller’s only what is known to be harmless', () => {
    expect(
      headersToProvider({ headers: ['authorization', 'Bearer k'], format: openai }, openai, caller),
    ).toEqual(['authorization', 'Bearer k', 'accept', 'text/event-stream', 'traceparent', '00-1'])
  })

  it.each([
    [
      'what its caller says',
      anthropic,
      { 'anthropic-version': '2030-01-01', 'anthropic-beta': 'b' },
      ['2030-01-01', 'b'],
    ],
    ['the version that is a must, to a caller that sends none', anthropic, {}, ['2023-06-01', null]],
    [
      'the version that is a must, to a caller of another format',
      openai,
      { 'anthropic-beta': 'b' },
      ['2023-06-01', null],
    ],
  ])('to a provider of Anthropic’s hold %s', (_, callers, sent, [version, beta]) => {
    const expected = ['anthropic-version', version, ...(beta === null ? [] : ['anthropic-beta', beta])]
    expect(headersToProvider({ headers: [], format: anthropic }, callers, sent)).toEqual(expected)
  })

  it('past the router are the caller’s, but for its keys and what concerns the connection', () => {
    expect(headersUntouched(['authorization', 'Bearer k'], caller)).toEqual([
      'authorization',
      'Bearer k',
      'accept',
      'text/event-stream',
      'traceparent',
      '00-1',
      'openai-organization',
      'org-1',
      'accept-encoding',
      'gzip',
      'content-length',
      '5',
    ])
  })

  it('to the caller keep repeated ones apart, and leave out what node could not send', () => {
    expect(
      headersToCaller({
        via: 'a',
        'x-many': ['1', '2'],
        'x-odd': '世',
        'x-gameday-attempts': '9',
        'content-length': '3',
      }),
    ).toEqual(['via', 'a', 'x-many', '1', 'x-many', '2'])
  })
})
