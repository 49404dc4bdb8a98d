import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { openaiFormat } from '../../../src/wire/index.ts'
import {
  askChat,
  startPair,
  until,
  type Pair,
  type PairOptions,
  type Reply,
} from '../../support/router-pair.ts'
import {
  answers,
  breaksAfter,
  hangs,
  plainBody,
  refuses,
  sends,
  streamEvents,
  streams,
} from '../../support/router-upstream.ts'

const onHit: PairOptions = { config: { cache: { mode: 'on-hit' } } }
const stale: PairOptions = { config: { cache: { mode: 'stale-if-error' } } }
const PROMPT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] }
const plain = JSON.stringify(PROMPT)
const streamed = JSON.stringify({ ...PROMPT, stream: true, stream_options: { include_usage: true } })
const asking = (pair: Pair, headers: Record<string, string> = {}, body = plain) =>
  pair.ask({ body: body.replace('"stream":true', '"stream":true'), headers })
/** Answers are kept after they have left. */
const kept = (pair: Pair, n = 1) => until(() => pair.router.cache()!.stored === n)
const out = (pair: Pair) => {
  pair.primary.script = refuses('invalid-api-key')
  pair.secondary.script = refuses('server-error')
}
/** What an answer amounts to, whichever way it came. */
function saidIn({ headers, text, bytes }: Reply): object {
  if (headers['content-type']?.includes('json') === true) {
    const answer = openaiFormat.readAnswer(text)
    const { inputTokens, outputTokens, finishReason } = answer.ok ? answer.facts : {}
    return { ok: answer.ok, inputTokens, outputTokens, finishReason, whole: text.includes('Grüße, 世界 🌍') }
  }
  const reader = openaiFormat.streamReader()
  reader.push(bytes)
  const { ok } = reader.end()
  const { inputTokens, outputTokens, finishReason } = reader.facts
  return { ok, inputTokens, outputTokens, finishReason, whole: text.includes('Grüße, 世界 🌍') }
}
const GOOD = { ok: true, inputTokens: 1000, outputTokens: 100, finishReason: 'stop', whole: true }

describe('a cache that answers on a hit', () => {
  it('answers the second request without asking a provider, and says so', async () => {
    const pair = await startPair(onHit)
    const first = await asking(pair)
    await kept(pair)
    const second = await asking(pair)
    expect([first.servedBy, second.servedBy, second.attempts, second.headers['age']]).toEqual([
      'primary',
      'cache',
      '0',
      '0',
    ])
    expect([second.text, second.headers['x-gameday-cost-usd']]).toEqual([first.text, '0'])
    expect(pair.primary.asked.length).toBe(1)
    // 1000 tokens in and 100 out at $1 and $10 a million.
    expect(pair.router.cache()).toMatchObject({
      hits: 1,
      misses: 1,
      stored: 1,
      hitRate: 0.5,
      savedUsd: 0.002,
    })
  })

  it.each([
    ['a stream from a plain answer', plain, streamed],
    ['a plain answer from a stream', streamed, plain],
    ['a stream from a stream', streamed, streamed],
  ])('gives %s', async (_what, firstBody, secondBody) => {
    const pair = await startPair(onHit)
    await asking(pair, {}, firstBody)
    await kept(pair)
    const reply = await asking(pair, {}, secondBody)
    expect([reply.servedBy, saidIn(reply)]).toEqual(['cache', GOOD])
    expect(reply.headers['content-type']).toContain(
      secondBody === plain ? 'application/json' : 'event-stream',
    )
  })

  it('never answers one tenant with another’s', async () => {
    const pair = await startPair(onHit)
    await asking(pair, { 'x-gameday-tenant': 'birch' })
    await kept(pair)
    for (const headers of [{ 'x-gameday-tenant': 'alder' }, {}]) {
      expect((await asking(pair, headers)).servedBy).toBe('primary')
    }
    expect((await asking(pair, { 'x-gameday-tenant': 'birch' })).servedBy).toBe('cache')
  })

  it('does as the caller’s cache-control says', async () => {
    const pair = await startPair(onHit)
    const served = async (value: string) => (await asking(pair, { 'cache-control': value })).servedBy
    expect(await served('no-store')).toBe('primary')
    await systemClock.sleep(20)
    expect(pair.router.cache()!.stored).toBe(0)
    expect(await served('no-cache')).toBe('primary')
    await kept(pair)
    expect(await served('max-age=60')).toBe('cache')
    expect(await served('no-cache')).toBe('primary')
    expect(await served('max-age=0')).toBe('primary')
  })

  it('asks a provider anew when an answer is older than it may be', async () => {
    let wall = Date.now()
    const clock = { ...systemClock, wall: () => new Date(wall) }
    const pair = await startPair({ config: { cache: { mode: 'on-hit', ttl: '1h' } }, clock })
    await asking(pair)
    await kept(pair)
    wall += 3_599_000
    expect((await asking(pair)).headers['age']).toBe('3599')
    wall += 2000
    expect((await asking(pair)).servedBy).toBe('primary')
  })

  const { role, content, finish, usage, done } = streamEvents('primary')
  it.each([
    ['an error', refuses('server-error'), plain],
    [
      'a refusal of the caller',
      sends(400, '{"error":{"message":"no","type":"invalid_request_error"}}'),
      plain,
    ],
    ['an empty answer', sends(200, '{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}'), plain],
    ['an answer cut off by its limit', sends(200, plainBody('primary').replace('"stop"', '"length"')), plain],
    ['a stream that broke off', breaksAfter(role, ...content), streamed],
    ['a stream without a finish reason', streams(role, ...content, done), streamed],
    [
      'a stream cut off by its limit',
      streams(role, ...content, finish.replace('stop', 'length'), usage, done),
      streamed,
    ],
    ['an error within a stream', streams(role, ...content, 'data: {"error":{"message":"no"}}\n\n'), streamed],
    [
      'an answer with a filter’s mark',
      sends(200, plainBody('primary').replace('"stop"', '"content_filter"')),
      plain,
    ],
  ])('never keeps %s', async (_what, script, body) => {
    const pair = await startPair({ ...onHit, primary: script, secondary: script })
    await asking(pair, {}, body)
    await systemClock.sleep(20)
    expect(pair.router.cache()).toMatchObject({ stored: 0 })
  })

  it('does not keep the answer to a question that a guardrail has changed', async () => {
    const pair = await startPair({
      config: { cache: { mode: 'on-hit' }, guardrails: { request: { tokensIn: 30 } } },
    })
    const messages = [{ role: 'user', content: 'old '.repeat(100) }, ...PROMPT.messages]
    const reply = await asking(pair, {}, JSON.stringify({ ...PROMPT, messages }))
    expect(reply.headers['x-gameday-guardrail']).toBe('truncated;limit=tokens-in')
    await systemClock.sleep(20)
    expect(pair.router.cache()!.stored).toBe(0)
  })
})

describe('a cache that answers when no provider can', () => {
  it('leaves it to the providers as long as one of them answers', async () => {
    const pair = await startPair(stale)
    await asking(pair)
    await kept(pair)
    expect((await asking(pair)).servedBy).toBe('primary')
    pair.primary.script = refuses('invalid-api-key')
    expect((await asking(pair)).servedBy).toBe('secondary')
    expect(pair.router.cache()).toMatchObject({ hits: 0, misses: 0 })
  })

  it('answers when both are out, and at once while both circuits are open', async () => {
    const pair = await startPair({
      config: { cache: { mode: 'stale-if-error' }, circuit: { failures: 1, probeEvery: '1h' } },
    })
    await asking(pair)
    await kept(pair)
    out(pair)
    const first = await asking(pair)
    expect([first.status, first.servedBy, first.attempts]).toEqual([200, 'cache', '2'])
    const second = await asking(pair, {}, streamed)
    expect([second.status, second.servedBy, second.attempts]).toEqual([200, 'cache', '0'])
    // What it does not know is still tried, and its error is the provider's.
    const unknown = await asking(pair, {}, plain.replace('hello', 'something else'))
    expect([unknown.status, unknown.attempts]).toEqual([401, '2'])
  })

  it('answers when both are silent', async () => {
    const timeouts = { headers: '500ms', firstToken: '500ms' }
    const pair = await startPair({ config: { cache: { mode: 'stale-if-error' }, timeouts } })
    await asking(pair)
    await kept(pair)
    pair.primary.script = pair.secondary.script = hangs
    expect((await asking(pair)).servedBy).toBe('cache')
  })

  it.each([
    ['asked for a fresh one', { 'cache-control': 'no-cache' }, plain, 401],
    ['is another tenant', { 'x-gameday-tenant': 'alder' }, plain, 401],
  ])('gives the error to a caller that %s', async (_who, headers, body, status) => {
    const pair = await startPair(stale)
    await asking(pair)
    await kept(pair)
    out(pair)
    expect((await asking(pair, headers, body)).status).toBe(status)
  })

  it('is no answer to a request that is the caller’s own mistake, or a model that nobody knows', async () => {
    const pair = await startPair(stale)
    await asking(pair)
    await kept(pair)
    for (const script of [
      refuses('model-not-found'),
      sends(400, '{"error":{"message":"no","type":"invalid_request_error"}}'),
    ]) {
      pair.primary.script = pair.secondary.script = script
      expect((await asking(pair)).servedBy).not.toBe('cache')
    }
  })

  it('lets probes through, so that a provider that is back is found', async () => {
    const pair = await startPair({
      config: { cache: { mode: 'stale-if-error' }, circuit: { failures: 1, probeEvery: '100ms' } },
    })
    await asking(pair)
    await kept(pair)
    out(pair)
    expect((await asking(pair)).servedBy).toBe('cache')
    pair.primary.script = answers('primary')
    await systemClock.sleep(150)
    expect((await asking(pair)).servedBy).toBe('primary')
  })

  it('comes before the refusal when the one provider that is left is too dear', async () => {
    const pair = await startPair({
      config: { cache: { mode: 'stale-if-error' }, guardrails: { request: { cost: '$0.02' } } },
      targets: { secondary: { price: { input: 30, output: 300 } } },
    })
    await asking(pair)
    await kept(pair)
    pair.primary.script = refuses('invalid-api-key')
    const reply = await asking(pair)
    expect([reply.servedBy, pair.secondary.asked.length]).toEqual(['cache', 0])
  })
})

describe('a guardrail with a cache', () => {
  const config = { cache: { mode: 'stale-if-error' }, guardrails: { tenants: { birch: { day: '$0.013' } } } }
  const birch = { 'x-gameday-tenant': 'birch' }

  it('answers from it when the money is gone, and refuses only what it does not know', async () => {
    const pair = await startPair({ config })
    // Reckoned at $0.01001 each; the first one comes to $0.002, the second is still covered, the third is not.
    for (let i = 0; i < 2; i++) await asking(pair, birch)
    await kept(pair, 2)
    const reply = await asking(pair, birch)
    expect([reply.status, reply.servedBy, reply.headers['x-gameday-guardrail']]).toEqual([
      200,
      'cache',
      'cached;limit=day-budget',
    ])
    const unknown = await asking(pair, birch, plain.replace('hello', 'bye'))
    expect([unknown.status, unknown.headers['x-gameday-guardrail']]).toEqual([
      402,
      'refused;limit=day-budget',
    ])
    expect(pair.primary.asked.length).toBe(2)
  })
})

describe('a budget that others spend while the cache is asked', () => {
  it('is not overdrawn, and the one that comes too late is refused', async () => {
    const pair = await startPair({
      config: {
        cache: { mode: 'stale-if-error' },
        guardrails: { day: '$0.015' },
        circuit: { failures: 1, probeEvery: '1h' },
      },
    })
    out(pair)
    await asking(pair, { 'x-gameday-tenant': 'alder' })
    // Both circuits are open: the cache is asked first, and does not know. Reckoned at $0.01 each, one is covered.
    pair.primary.script = hangs
    const replies = ['one', 'two'].map((word) =>
      asking(pair, { 'x-gameday-tenant': 'birch' }, plain.replace('hello', word)),
    )
    await until(() => pair.primary.asked.length === 2)
    expect((await Promise.race(replies)).status).toBe(402)
    await pair.router.stop()
    await Promise.allSettled(replies)
    expect(pair.primary.asked.length).toBe(2)
  })
})

describe('a router without a cache', () => {
  it('says that it has none, and asks every time', async () => {
    const pair = await startPair()
    await askChat(pair.router.url, { body: plain })
    await askChat(pair.router.url, { body: plain })
    expect([pair.router.cache(), pair.primary.asked.length]).toEqual([null, 2])
  })
})
