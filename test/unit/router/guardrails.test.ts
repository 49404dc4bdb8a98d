import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { openaiFormat } from '../../../src/wire/index.ts'
import { startPair, until, type PairOptions } from '../../support/router-pair.ts'
import {
  answers,
  breaksAfter,
  hangs,
  refuses,
  sends,
  streamEvents,
  streams,
} from '../../support/router-upstream.ts'

/** Some 30 tokens in and 100 out: reckoned $0.00103 at the primary, three times that at a secondary three times as dear. */
const body = (more: object = {}) =>
  JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'x'.repeat(100) }],
    max_tokens: 100,
    ...more,
  })
const dear = { secondary: { price: { input: 3, output: 30 } } }
const guarded = (guardrails: object, more: object = {}): PairOptions => ({ config: { guardrails, ...more } })
const errorOf = (text: string) => (JSON.parse(text) as { error: Record<string, unknown> }).error

describe('a dear secondary', () => {
  const options = { ...guarded({ request: { cost: '$0.002' } }), targets: dear }

  it.each([
    ['a revoked key', refuses('invalid-api-key')],
    ['a server error', refuses('server-error')],
    ['silence', hangs],
  ])('is not asked after %s of the primary if it costs more than is allowed', async (_what, primary) => {
    const more = { config: { ...options.config, timeouts: { headers: '500ms', firstToken: '500ms' } } }
    const pair = await startPair({ ...options, ...more, primary })
    const reply = await pair.ask({ body: body() })
    expect([reply.status, errorOf(reply.text)['type'], errorOf(reply.text)['code']]).toEqual([
      402,
      'refused',
      'guardrail_cost',
    ])
    expect(reply.headers).toMatchObject({
      'x-gameday-guardrail': 'refused;limit=cost',
      'x-gameday-attempts': '1',
      'x-should-retry': 'false',
    })
    expect(openaiFormat.classify(402, reply.text).class).toBe('refused')
    expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([1, 0])
  })

  it('is refused in words that name both: the limit, and what befell the primary', async () => {
    const pair = await startPair({ ...options, primary: refuses('invalid-api-key') })
    const { message } = errorOf((await pair.ask({ body: body() })).text)
    expect(message).toMatch(
      /^A guardrail refused the request\. secondary \(test-secondary\): .*more than is allowed for one \(about \$0\.003\d*\) \| primary \(test-primary\): credential \(401 invalid_api_key\)$/,
    )
  })

  it('is refused before the stream as well, with the circuit open too', async () => {
    const pair = await startPair({ ...options, primary: refuses('invalid-api-key') })
    for (let i = 0; i < 3; i++)
      expect((await pair.ask({ body: body({ stream: true }), stream: true })).status).toBe(402)
    expect(pair.secondary.asked).toEqual([])
  })

  it('is asked if it fits, and asked for a cheaper model if only that fits', async () => {
    const pair = await startPair({
      ...guarded({ request: { cost: '$0.004' } }),
      targets: dear,
      primary: refuses('server-error'),
    })
    expect((await pair.ask({ body: body() })).servedBy).toBe('secondary')

    const cheaper = { model: 'gpt-4o-nano', price: { input: 0.1, output: 1 } }
    const other = await startPair({
      ...options,
      targets: { secondary: { ...dear.secondary, cheaper } },
      primary: refuses('server-error'),
    })
    const reply = await other.ask({ body: body() })
    expect([reply.servedBy, reply.headers['x-gameday-guardrail']]).toEqual([
      'secondary',
      'cheaper-model;limit=cost',
    ])
    expect(JSON.parse(other.secondary.asked[0]!.body)).toMatchObject({
      model: 'gpt-4o-nano',
      max_tokens: 100,
    })
    // 1000 tokens in and 100 out, as stated, at the price of the model that was really asked.
    expect(Number(reply.headers['x-gameday-cost-usd'])).toBeCloseTo(0.0002, 9)
  })
})

describe('a request over a limit', () => {
  it('goes straight to the provider at which it is within it', async () => {
    const pair = await startPair({
      ...guarded({ request: { cost: '$0.0002' } }),
      targets: { secondary: { price: { input: 0.1, output: 1 } } },
    })
    const reply = await pair.ask({ body: body() })
    expect([reply.servedBy, reply.attempts, pair.primary.asked.length]).toEqual(['secondary', '1', 0])
  })

  it('is truncated before it leaves, and the answer says so', async () => {
    const pair = await startPair(guarded({ request: { tokensIn: 60 } }))
    const messages = [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'old '.repeat(100) },
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'now' },
    ]
    const reply = await pair.ask({ body: body({ messages }) })
    expect([reply.status, reply.headers['x-gameday-guardrail']]).toEqual([200, 'truncated;limit=tokens-in'])
    expect(JSON.parse(pair.primary.asked[0]!.body)).toMatchObject({
      model: 'gpt-4o-mini',
      messages: [messages[0], messages[3]],
    })
  })

  it('is refused as too long where truncating does not help', async () => {
    const pair = await startPair(guarded({ request: { tokensIn: 10 } }))
    const reply = await pair.ask({ body: body() })
    expect([reply.status, errorOf(reply.text)['code'], reply.attempts]).toEqual([
      413,
      'guardrail_tokens_in',
      '0',
    ])
    expect(reply.text).not.toContain('xxx')
    expect([...pair.primary.asked, ...pair.secondary.asked]).toEqual([])
  })

  it('is held to the limits of its tenant and feature, by header or metadata', async () => {
    const pair = await startPair(
      guarded({ tenants: { birch: { tokensIn: 10 } }, features: { chat: { tokensOut: 7 } } }),
    )
    const statusOf = async (headers: Record<string, string>, more = {}) =>
      (await pair.ask({ body: body(more), headers })).status
    expect(await statusOf({})).toBe(200)
    expect(await statusOf({ 'x-gameday-tenant': 'alder' })).toBe(200)
    expect(await statusOf({ 'x-gameday-tenant': 'birch' })).toBe(413)
    expect(await statusOf({}, { metadata: { tenant: 'birch' } })).toBe(413)
    expect(await statusOf({ 'x-gameday-feature': 'chat' })).toBe(200)
    expect(JSON.parse(pair.primary.asked.at(-1)!.body)).toMatchObject({ max_tokens: 7 })
  })

  it('leaves the bytes of those within their limits as they came', async () => {
    const pair = await startPair(guarded({ request: { tokensIn: 1000, cost: '$1' } }))
    const text = `{ "max_tokens" : 9,  "model":"gpt-4o-mini", "messages":[] }`
    const reply = await pair.ask({ body: text })
    expect([pair.primary.asked[0]!.body, reply.headers['x-gameday-guardrail']]).toEqual([text, undefined])
  })

  it.each([
    ['refuse', 402, 'refused;limit=price-unknown'],
    ['allow', 200, 'price-unknown;limit=price-unknown'],
  ])('of unknown price is treated as configured: %s', async (unknownPrice, status, header) => {
    const unpriced = { price: undefined } as unknown as { price: { input: number; output: number } }
    const pair = await startPair({
      ...guarded({ request: { cost: '$1' }, unknownPrice }),
      targets: { primary: unpriced, secondary: unpriced },
    })
    const reply = await pair.ask({ body: body() })
    expect([reply.status, reply.headers['x-gameday-guardrail']]).toEqual([status, header])
  })
})

describe('a retry', () => {
  it.each([
    ['$0.002', 402, 1],
    ['$0.1', 200, 2],
  ])(
    'at the same provider is held to the limit too, with what was billed before: %s',
    async (cost, status, asked) => {
      // An empty answer that states its usage costs $0.002.
      const empty = sends(200, '{"choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100}}')
      const pair = await startPair({
        ...guarded({ request: { cost } }, { retrySameTarget: 1, attempts: 3 }),
        primary: (response, one) =>
          (pair.primary.asked.length > 1 ? answers('primary') : empty)(response, one),
      })
      const reply = await pair.ask({ body: body() })
      expect([reply.status, pair.primary.asked.length, pair.secondary.asked.length]).toEqual([
        status,
        asked,
        0,
      ])
    },
  )
})

describe('the budget of a day', () => {
  /** An answer that states 1000 tokens in and 100 out costs $0.002; it is reckoned at half of that beforehand. */
  const options = guarded({ tenants: { birch: { day: '$0.005' } } })
  const birch = { 'x-gameday-tenant': 'birch' }

  it('is spent by what answers really cost, and refuses what it does not cover', async () => {
    const pair = await startPair(options)
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await pair.ask({ body: body(), headers: birch })).status)
    expect(statuses).toEqual([200, 200, 402, 402])
    expect((await pair.ask({ body: body(), headers: { 'x-gameday-tenant': 'alder' } })).status).toBe(200)
  })

  it('is full again the next day', async () => {
    let wall = new Date('2026-11-20T23:00:00Z')
    const pair = await startPair({ ...options, clock: { ...systemClock, wall: () => wall } })
    const ask = async () => (await pair.ask({ body: body(), headers: birch })).status
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 402])
    wall = new Date('2026-11-21T00:00:01Z')
    expect(await ask()).toBe(200)
  })

  it('cannot be overdrawn by many requests at once', async () => {
    const held: (() => void)[] = []
    const pair = await startPair({
      ...options,
      primary: async (response, asked) => {
        await new Promise<void>((resolve) => held.push(resolve))
        return answers('primary')(response, asked)
      },
    })
    const replies = Array.from({ length: 8 }, () => pair.ask({ body: body(), headers: birch }))
    // Reckoned at $0.00103 each, four are within $0.005.
    await until(() => held.length === 4)
    await systemClock.sleep(30)
    expect(held.length).toBe(4)
    for (const release of held) release()
    const statuses = (await Promise.all(replies)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 402)).toHaveLength(4)
  })

  it.each([
    [
      'a failed attempt that states its usage',
      sends(200, JSON.stringify({ choices: [], usage: { prompt_tokens: 1000, completion_tokens: 200 } })),
      402,
    ],
    [
      'a stream that broke off, as reckoned',
      breaksAfter(streamEvents('primary').role, streamEvents('primary').content[0]!),
      402,
    ],
    [
      'an error after the first words, as reckoned',
      streams(
        streamEvents('primary').role,
        streamEvents('primary').content[0]!,
        'data: {"error":{"type":"server_error","message":"internal"}}\n\n',
      ),
      402,
    ],
    ['but not a refusal', refuses('server-error'), 200],
  ])('counts %s', async (_what, primary, status) => {
    const budget = { tenants: { birch: { day: '$0.004' } }, request: { cost: '$1' } }
    const pair = await startPair({ ...guarded(budget), primary })
    await pair.ask({ body: body({ stream: true, max_tokens: 300 }), stream: true, headers: birch })
    pair.primary.script = answers('primary')
    const next = await pair.ask({ body: body({ max_tokens: 150 }), headers: birch })
    expect(next.status).toBe(status)
  })
})
