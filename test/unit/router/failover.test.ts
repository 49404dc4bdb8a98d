import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { startRouter } from '../../../src/router/index.ts'
import { askChat, routerConfig, startPair, stopAfterTest } from '../../support/router-pair.ts'
import {
  answers,
  breaksAfter,
  plainBody,
  refuses,
  resets,
  sends,
  startUpstream,
  streamBody,
  streamEvents,
  streams,
  type Script,
} from '../../support/router-upstream.ts'

const { role, content, finish, done } = streamEvents('primary')
const inBand = (error: object) => `data: ${JSON.stringify({ error })}\n\n`

/** Failures that show before any content, whatever was asked. */
const REFUSALS: [string, Script, string][] = [
  ['a revoked key (401)', refuses('invalid-api-key', { key: 'sk-x' }), 'credential'],
  ['a deactivated account (401)', refuses('account-deactivated'), 'credential'],
  [
    'a disabled organization (a 400 that is not the caller’s fault)',
    refuses('organization-disabled'),
    'credential',
  ],
  ['a forbidden key (403)', sends(403, '{"error":{"message":"no"}}'), 'credential'],
  ['a used-up quota (429)', refuses('insufficient-quota'), 'quota'],
  [
    'an empty balance (400)',
    sends(
      400,
      '{"error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}',
    ),
    'quota',
  ],
  ['an unpaid bill (402)', sends(402, '{"error":{"message":"Payment required"}}'), 'quota'],
  ['a rate limit (429)', refuses('rate-limited', { retryAfterMs: 0 }), 'rate-limit'],
  ['an overload (503)', refuses('overloaded'), 'overloaded'],
  [
    'an overload (529)',
    sends(529, '{"error":{"type":"overloaded_error","message":"Overloaded"}}'),
    'overloaded',
  ],
  ['a server error (500)', refuses('server-error'), 'server-error'],
  [
    'a bad gateway’s HTML page (502)',
    sends(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }),
    'server-error',
  ],
  ['a reset connection', resets, 'connection'],
  ['an unknown model (404)', refuses('model-not-found'), 'caller-fault'],
  ['a context too long for this model (400)', refuses('context-too-long'), 'caller-fault'],
  ['tools that this model has not (400)', refuses('tools-unsupported'), 'caller-fault'],
  [
    'a context too long, in words alone (400)',
    sends(
      400,
      '{"error":{"type":"invalid_request_error","message":"prompt is too long: 208310 tokens > 200000 maximum"}}',
    ),
    'caller-fault',
  ],
  ['a redirect', sends(302, '', { location: 'https://example.test/' }), 'malformed'],
  [
    'a 200 with an error in it',
    sends(200, '{"error":{"type":"server_error","message":"internal"}}'),
    'server-error',
  ],
  ['a packed answer', sends(200, 'xxx', { 'content-encoding': 'br' }), 'malformed'],
]

const PLAIN: [string, Script, string][] = [
  [
    'an empty 200',
    sends(
      200,
      JSON.stringify({ choices: [{ message: { role: 'assistant', content: '' }, finish_reason: 'stop' }] }),
    ),
    'empty',
  ],
  ['a 200 that is not JSON', sends(200, 'upstream connect error'), 'malformed'],
  ['a 200 without choices', sends(200, '{"object":"chat.completion"}'), 'malformed'],
  [
    'an answer that breaks off',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '10000' })
      response.write('{"choices":', () => response.destroy())
    },
    'connection',
  ],
]

const STREAMED: [string, Script, string][] = [
  ['a stream without content', streams(role, finish, done), 'empty'],
  ['a stream of nothing', streams(''), 'empty'],
  ['a stream that breaks before its first content', breaksAfter(': ping\n\n', role), 'connection'],
  [
    'an error event before any content',
    streams(role, inBand({ message: 'Overloaded', type: 'overloaded_error' })),
    'overloaded',
  ],
  [
    'a quota error after the opening event',
    streams(role, inBand({ code: 'insufficient_quota', message: 'x' })),
    'quota',
  ],
  ['an event that is no JSON', streams(role, 'data: {"choices": [\n\n'), 'malformed'],
]

const table = [
  ...[...REFUSALS, ...PLAIN].map(([name, script, of]) => ({ name, script, of, stream: false })),
  ...[...REFUSALS, ...STREAMED].map(([name, script, of]) => ({ name, script, of, stream: true })),
]

describe('a failure before the first content goes to the secondary', () => {
  it.each(table)('$name, stream: $stream', async ({ script, of, stream }) => {
    const pair = await startPair({ primary: script, config: { circuit: { failures: 1 } } })
    const reply = await pair.ask({ stream })
    expect(reply).toMatchObject({ status: 200, servedBy: 'secondary', attempts: '2', clean: true })
    expect(reply.text).toBe(stream ? streamBody('secondary') : plainBody('secondary'))
    expect(pair.primary.asked).toHaveLength(1)
    expect(pair.events.map((event) => event.class)).toEqual(of === 'caller-fault' ? [] : [of])
  })

  it('fails over when nothing listens at the primary', async () => {
    const pair = await startPair()
    await pair.primary.stop()
    expect(await pair.ask()).toMatchObject({ status: 200, servedBy: 'secondary', attempts: '2' })
  })
})

describe('order, not weights', () => {
  it('asks the primary alone while it answers', async () => {
    const pair = await startPair()
    for (let n = 0; n < 10; n++)
      expect(await pair.ask({ stream: n % 2 === 0 })).toMatchObject({ servedBy: 'primary', attempts: '1' })
    expect(pair.secondary.asked).toHaveLength(0)
    expect(pair.events).toEqual([])
  })

  it('sends each target its own key and the caller’s bytes as they were', async () => {
    const pair = await startPair({ primary: refuses('server-error') })
    await pair.ask({
      headers: {
        authorization: 'Bearer callers-own',
        'x-api-key': 'callers-own',
        cookie: 'a=b',
        'x-request-id': 'r1',
      },
    })
    for (const [upstream, key] of [
      [pair.primary, 'sk-canary-primary-0123456789'],
      [pair.secondary, 'sk-canary-secondary-0123456789'],
    ] as const) {
      const [asked] = upstream.asked
      expect(asked?.headers).toMatchObject({
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'x-request-id': 'r1',
      })
      expect(JSON.stringify(asked?.headers)).not.toContain('callers-own')
      expect(asked?.headers.cookie).toBeUndefined()
      expect(asked?.body).toBe(
        '{ "messages": [{"role":"user","content":"canary prompt"}],  "model":"gpt-4o-mini", "user":"u1" }',
      )
      expect(asked?.path).toBe('/v1/chat/completions')
    }
  })

  it('replaces the model only for the target that asks for it', async () => {
    const pair = await startPair({
      primary: refuses('server-error'),
      targets: { secondary: { model: 'other-model' } },
    })
    await pair.ask()
    expect(pair.primary.asked[0]?.body).toContain('"model":"gpt-4o-mini"')
    expect(JSON.parse(pair.secondary.asked[0]?.body ?? '')).toEqual({
      messages: [{ role: 'user', content: 'canary prompt' }],
      model: 'other-model',
      user: 'u1',
    })
  })

  it('hands on the provider’s headers, but none that concern the connection or speak in the router’s name', async () => {
    const headers = {
      'x-ratelimit-remaining-requests': '7',
      'set-cookie': 'a=b',
      'x-gameday-served-by': 'secondary',
      'keep-alive': 'timeout=1',
    }
    const pair = await startPair({ primary: sends(200, plainBody('primary'), headers) })
    const reply = await pair.ask()
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': 'req-upstream',
      'x-ratelimit-remaining-requests': '7',
      'x-gameday-served-by': 'primary',
    })
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(reply.headers['keep-alive']).not.toBe('timeout=1')
  })
})

describe('cost', () => {
  it('of a plain answer stands in a header', async () => {
    const reply = await (await startPair()).ask()
    // 1000 tokens in at $1 and 100 out at $10, for a million each.
    expect(reply.headers['x-gameday-cost-usd']).toBe('0.002')
  })

  it('of a stream comes as a trailer', async () => {
    const reply = await (await startPair()).ask({ stream: true })
    expect(reply.trailers['x-gameday-cost-usd']).toBe('0.002')
  })

  it('is the sum of all attempts whose usage is known', async () => {
    const empty = JSON.stringify({
      choices: [],
      usage: { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000 },
    })
    const reply = await (await startPair({ primary: sends(200, empty) })).ask()
    expect(reply).toMatchObject({ servedBy: 'secondary', attempts: '2' })
    expect(reply.headers['x-gameday-cost-usd']).toBe('0.003')
  })

  it('of a failed stream that had stated its usage is part of it', async () => {
    const { usage } = streamEvents('primary')
    const reply = await (
      await startPair({ primary: streams(role, finish, usage, done) })
    ).ask({ stream: true })
    expect(reply.trailers['x-gameday-cost-usd']).toBe('0.004')
  })

  it('is not claimed to be nothing when the provider states no usage', async () => {
    const reply = await (
      await startPair({ primary: streams(role, ...content, finish, done) })
    ).ask({ stream: true })
    expect(reply).toMatchObject({ status: 200, clean: true, trailers: {} })
  })

  it('is not claimed to be nothing when the price is unknown', async () => {
    const clock = systemClock
    const upstream = await startUpstream(answers('primary'))
    const target = {
      role: 'primary',
      name: 'unpriced',
      format: 'openai',
      baseUrl: upstream.url,
      key: 'k',
    } as const
    const router = await startRouter({
      config: routerConfig(),
      targets: [target],
      clock,
      random: Math.random,
      bypass: null,
      onEvent: () => {},
    })
    stopAfterTest(upstream.stop)
    stopAfterTest(() => router.stop())
    for (const stream of [false, true]) {
      const reply = await askChat(router.url, { stream })
      expect(reply).toMatchObject({ status: 200, servedBy: 'primary', trailers: {} })
      expect(reply.headers['x-gameday-cost-usd']).toBeUndefined()
      expect(reply.headers['trailer']).toBeUndefined()
    }
  })
})
