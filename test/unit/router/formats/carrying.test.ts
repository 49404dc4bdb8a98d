import { describe, expect, it } from 'vitest'
import { misfit } from '../../../../src/router/translate/fit.ts'
import { anthropicAnswers, anthropicRefuses, message, textStream } from '../../../support/router-anthropic.ts'
import { askPath, startPair, KEYS } from '../../../support/router-pair.ts'
import {
  answers,
  breaksAfter,
  refuses,
  sends,
  stallsAfter,
  streams,
} from '../../../support/router-upstream.ts'

const body = (more: object = {}) =>
  JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'canary prompt' }], ...more })
const toAnthropicSecond = { secondary: { format: 'anthropic' as const, model: 'claude-test' } }

describe('a request that the secondary cannot take', () => {
  it('is not sent there: the caller gets what the primary said, and what kept it from failing over', async () => {
    const pair = await startPair({
      primary: refuses('server-error'),
      secondary: anthropicAnswers('secondary'),
      targets: toAnthropicSecond,
    })
    const reply = await pair.ask({ body: body({ seed: 7, n: 2 }) })
    expect(reply).toMatchObject({ status: 500, attempts: '1' })
    expect(reply.text).toContain('secondary (test-secondary) cannot take seed, n')
    expect(pair.secondary.asked).toEqual([])
  })

  it('is answered by the primary as ever, while that is well', async () => {
    const pair = await startPair({ secondary: anthropicAnswers('secondary'), targets: toAnthropicSecond })
    expect(await pair.ask({ body: body({ seed: 7 }) })).toMatchObject({ status: 200, servedBy: 'primary' })
  })

  it('still goes to the primary when its circuit is open, for there is nobody else', async () => {
    const pair = await startPair({
      primary: refuses('invalid-api-key'),
      secondary: anthropicAnswers('secondary'),
      targets: toAnthropicSecond,
    })
    await pair.ask({ body: body() })
    expect(pair.states()).toEqual(['open'])
    expect(await pair.ask({ body: body({ seed: 7 }) })).toMatchObject({ status: 401, attempts: '1' })
  })

  it('leaves the second attempt to the primary, where it may try again', async () => {
    const pair = await startPair({
      primary: refuses('server-error'),
      secondary: anthropicAnswers('secondary'),
      targets: toAnthropicSecond,
      config: { attempts: 2, retrySameTarget: 1 },
    })
    expect(await pair.ask({ body: body({ seed: 7 }) })).toMatchObject({ status: 500, attempts: '2' })
    expect(pair.primary.asked).toHaveLength(2)
  })
})

describe('a request that nobody can take', () => {
  const targets = { primary: { format: 'anthropic' as const }, secondary: { format: 'anthropic' as const } }

  it('is refused with a 400 that names what cannot be carried, before anything is sent', async () => {
    const pair = await startPair({ targets })
    const reply = await pair.ask({ body: body({ logit_bias: { 1: 1 }, temperature: 1.9 }) })
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.text)).toEqual({
      error: {
        message:
          'No provider can be asked this. primary (test-primary) cannot take logit_bias, temperature (over 1) | secondary (test-secondary) cannot take logit_bias, temperature (over 1).',
        type: 'invalid_request_error',
        param: null,
        code: 'not_carried',
      },
    })
    expect([...pair.primary.asked, ...pair.secondary.asked]).toEqual([])
    expect(pair.events).toEqual([])
  })

  it('is refused in its own format, and for its size too', async () => {
    const context = { primary: { context: 100 }, secondary: { context: 100 } }
    const pair = await startPair({ targets: context })
    const long = { max_tokens: 50, messages: [{ role: 'user', content: 'canary '.repeat(100) }] }
    const reply = await askPath(pair.router.url, '/messages', { body: JSON.stringify(long) })
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.text)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', details: { error_code: 'not_carried' } },
    })
    expect(reply.text).toContain(
      'cannot take a request of this length (at least 141 tokens and 50 asked for, for a context of 100)',
    )
    expect(reply.text).not.toContain('canary')
  })
})

it('goes at once to the one provider into whose context it fits', async () => {
  const pair = await startPair({ targets: { primary: { context: 100 }, secondary: { context: 1000 } } })
  const long = body({ messages: [{ role: 'user', content: 'canary '.repeat(100) }] })
  expect(await pair.ask({ body: long })).toMatchObject({ servedBy: 'secondary', attempts: '1' })
  expect(await pair.ask({ body: body() })).toMatchObject({ servedBy: 'primary', attempts: '1' })
})

it('is not too long for a limit that nobody asked for', async () => {
  const small = { primary: { format: 'anthropic' as const, context: 1000 } }
  const pair = await startPair({ primary: anthropicAnswers('primary'), targets: small })
  expect(await pair.ask({ body: body() })).toMatchObject({ status: 200, servedBy: 'primary' })
})

describe('misfit', () => {
  const of = (context: number | undefined, parsed: object) =>
    misfit(context, Buffer.from(JSON.stringify(parsed)), parsed)
  const image = 'A'.repeat(100_000)

  it.each<[string, number | undefined, object, boolean]>([
    ['no known context', undefined, { messages: 'x'.repeat(1000) }, true],
    ['a short request', 1000, { messages: 'x' }, true],
    ['a long one', 1000, { messages: 'x'.repeat(5100) }, false],
    ['one that may just fit', 1000, { messages: 'x'.repeat(4900) }, true],
    ['a short one that asks for too much', 1000, { messages: 'x', max_tokens: 1001 }, false],
    ['the same by its new name', 1000, { messages: 'x', max_completion_tokens: 1001 }, false],
    ['an image of OpenAI’s', 1000, { url: `data:image/png;base64,${image}` }, true],
    ['an image of Anthropic’s', 1000, { source: { type: 'base64', data: image } }, true],
    ['a tool’s data that is no text', 1000, { data: { text: image } }, false],
  ])('%s', (_, context, parsed, fits) => {
    expect(of(context, parsed) === null).toBe(fits)
  })
})

describe('an answer on its way to a caller of the other format', () => {
  const targets = { primary: { format: 'anthropic' as const }, secondary: { format: 'anthropic' as const } }

  it('brings of the provider’s headers only what means the same there, and its request id by the right name', async () => {
    const headers = {
      'request-id': 'req_9',
      'anthropic-ratelimit-requests-limit': '5',
      'cache-control': 'no-store',
    }
    const price = { input: 1, output: 10, cacheRead: 0.1, cacheWrite: 1.25 }
    const priced = { ...targets, primary: { ...targets.primary, price } }
    const pair = await startPair({ primary: sends(200, message('a'), headers), targets: priced })
    const reply = await pair.ask({ body: body() })
    expect(reply.headers).toMatchObject({ 'x-request-id': 'req_9', 'cache-control': 'no-store' })
    expect(reply.headers).not.toHaveProperty('anthropic-ratelimit-requests-limit')
    expect(reply.headers).not.toHaveProperty('request-id')
    // 10 tokens in, 87 read from the vendor's cache, 3 written there and 20 out, at 1, 0.10, 1.25 and 10 dollars a million.
    expect(reply.headers['x-gameday-cost-usd']).toBe('0.00022245')
  })

  it('carries key and version of its provider, and none of the caller’s', async () => {
    const pair = await startPair({ primary: anthropicAnswers('a'), targets })
    await pair.ask({ body: body(), headers: { authorization: 'Bearer canary-of-the-caller' } })
    const { headers } = pair.primary.asked[0]!
    expect(headers).toMatchObject({ 'x-api-key': KEYS.primary, 'anthropic-version': '2023-06-01' })
    expect(JSON.stringify(headers)).not.toContain('canary-of-the-caller')
  })

  it('is an error in the caller’s words where the mistake is its own', async () => {
    const pair = await startPair({ primary: anthropicRefuses('unparsable-body'), targets })
    const reply = await pair.ask({ body: body() })
    expect(reply).toMatchObject({ status: 400, servedBy: 'primary', attempts: '1' })
    expect(JSON.parse(reply.text)).toEqual({
      error: {
        message: 'The request body is not valid JSON.',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    })
    expect(reply.headers['x-request-id']).toBe('req_upstream')
  })

  it('fails over where it cannot be written in the caller’s format', async () => {
    const calls = [{ id: 't', type: 'function', function: { name: 'f', arguments: '[oops' } }]
    const odd = JSON.stringify({
      id: 'a',
      choices: [{ message: { content: null, tool_calls: calls }, finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 1000, completion_tokens: 100 },
    })
    const pair = await startPair({ primary: sends(200, odd), secondary: answers('secondary') })
    const reply = await askPath(pair.router.url, '/messages', { body: body({ max_tokens: 5 }) })
    expect(reply).toMatchObject({ status: 200, servedBy: 'secondary', attempts: '2' })
    // Both answers are billed.
    expect(reply.headers['x-gameday-cost-usd']).toBe('0.004')
  })

  it.each([
    [
      'says an error after its first words',
      streams(
        ...textStream('a').slice(0, 4),
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
      ),
      'Overloaded',
    ],
    ['breaks off after its first words', breaksAfter(...textStream('a').slice(0, 4)), 'the stream broke off'],
    [
      'breaks off within an event',
      breaksAfter(...textStream('a').slice(0, 4), 'event: content_block_delta\ndata: {"type":"cont'),
      'the stream broke off',
    ],
    [
      'says garbage after its first words',
      streams(...textStream('a').slice(0, 4), 'event: x\ndata: {oops\n\n'),
      'not JSON',
    ],
    ['stands still after its first words', stallsAfter(...textStream('a').slice(0, 4)), 'no further token'],
  ])('ends with one error event and no clean end when the stream %s', async (_, script, words) => {
    const pair = await startPair({ primary: script, targets, config: { timeouts: { interToken: '300ms' } } })
    const reply = await pair.ask({ body: body({ stream: true }), stream: true })
    const events = reply.text.split('\n\n').filter((one) => one.trim() !== '')
    expect(reply.clean).toBe(false)
    expect(events.filter((one) => one.includes('"error":'))).toEqual([events.at(-1)])
    expect(events.at(-1)).toContain(words)
    expect(events.at(-1)!.trim()).toMatch(/^data: \{"error":\{"message":/)
    expect(reply.text).toContain('"content":"Hello "')
  })
})

it('holds guardrails for a caller of Anthropic’s too, and refuses in its format', async () => {
  const pair = await startPair({ config: { guardrails: { request: { tokensIn: 5 } } } })
  const long = { max_tokens: 5, messages: [{ role: 'user', content: 'canary '.repeat(20) }] }
  const reply = await askPath(pair.router.url, '/messages', { body: JSON.stringify(long) })
  expect(JSON.parse(reply.text)).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  expect(reply.headers['x-gameday-guardrail']).toContain('refused')
  expect(pair.primary.asked).toEqual([])
})

it.each([
  ['/messages', 'GET', 404],
  ['/messages', 'POST', 400],
  ['/messages/count_tokens', 'POST', 404],
] as const)(
  'answers what it cannot do at %s with %s in the format of the caller',
  async (path, method, status) => {
    const pair = await startPair()
    const options = { method, headers: { 'anthropic-version': '2023-06-01' }, body: 'no JSON' }
    const reply = await askPath(pair.router.url, path, options)
    expect(reply.status).toBe(status)
    expect(JSON.parse(reply.text)).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  },
)

it('lets the bytes of a caller and a provider of Anthropic’s pass untouched, in both directions', async () => {
  const targets = { primary: { format: 'anthropic' as const } }
  const pair = await startPair({ primary: streams(...textStream('a')), targets })
  const odd = '{ "stream":true, "messages" : [{"role":"user","content":"hi"}],  "max_tokens":5, "top_k": 3 }'
  const reply = await askPath(pair.router.url, '/messages', { body: odd })
  expect(reply.text).toBe(textStream('a').join(''))
  expect(pair.primary.asked[0]?.body).toBe(odd)
})
