import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { openaiFormat } from '../../../src/wire/index.ts'
import { startPair, until, type Pair, type PairOptions } from '../../support/router-pair.ts'
import {
  answers,
  hangs,
  plainBody,
  refuses,
  sends,
  stallsAfter,
  startStream,
  streamBody,
  streamEvents,
  type Script,
  type Upstream,
} from '../../support/router-upstream.ts'

const limited = (inFlight: object, more: object = {}): PairOptions => ({ config: { inFlight, ...more } })
const errorOf = (text: string) => (JSON.parse(text) as { error: Record<string, string> }).error

/** Answers when the test says so. */
function holding(who: string) {
  const held: ServerResponse[] = []
  const script: Script = (response) => void held.push(response)
  const letGo = () => {
    for (const response of held.splice(0)) void sends(200, plainBody(who))(response, nobody)
  }
  return { script, letGo, held }
}
const nobody = { method: '', path: '', headers: {}, body: '', hungUp: false }

/** Puts so many requests in flight; what becomes of them, where the test lives to see it. */
async function fill(pair: Pair, requests: number): Promise<Promise<unknown>[]> {
  const asked = Array.from({ length: requests }, () => pair.ask().catch(() => null))
  await until(() => pair.primary.asked.length + pair.secondary.asked.length >= requests)
  return asked
}

describe('a provider with as much in flight as it may have', () => {
  it('is passed by at once: the next one is asked, and nobody queues', async () => {
    const { script, letGo } = holding('primary')
    const pair = await startPair({ ...limited({ primary: 2 }), primary: script })
    const first = await fill(pair, 2)
    const reply = await pair.ask()
    expect([reply.servedBy, reply.attempts, reply.headers['x-gameday-chosen']]).toEqual([
      'secondary',
      '1',
      'full',
    ])
    letGo()
    expect(await Promise.all(first)).toMatchObject([{ servedBy: 'primary' }, { servedBy: 'primary' }])
    pair.primary.script = answers('primary')
    expect((await pair.ask()).servedBy).toBe('primary')
    expect(pair.records.map(({ role, chosen }) => [role, chosen])).toEqual([
      ['secondary', 'full'],
      ['primary', null],
      ['primary', null],
      ['primary', null],
    ])
    expect(pair.events).toEqual([])
  })

  it.each([
    ['that stalls', stallsAfter(streamEvents('primary').role, streamEvents('primary').content[0] ?? '')],
    ['whose first token does not come', hangs],
  ])(
    'has its place back from a stream %s when the caller hangs up, and not before',
    async (_which, primary) => {
      const pair = await startPair({ ...limited({ primary: 1 }), primary })
      const hangUp = new AbortController()
      const gone = pair.ask({ stream: true, signal: hangUp.signal }).catch(() => 'gone')
      await until(() => pair.primary.asked.length === 1)
      expect((await pair.ask()).servedBy).toBe('secondary')

      hangUp.abort()
      expect(await gone).toBe('gone')
      await until(() => pair.records.length === 2)
      pair.primary.script = answers('primary')
      expect((await pair.ask()).servedBy).toBe('primary')
    },
  )

  it('never has more, whatever comes at once', async () => {
    const primary = holding('primary')
    const secondary = holding('secondary')
    const pair = await startPair({
      ...limited({ primary: 3, secondary: 4 }),
      primary: primary.script,
      secondary: secondary.script,
    })
    const asked = Array.from({ length: 20 }, () => pair.ask())
    await until(() => pair.records.length === 13 && primary.held.length + secondary.held.length === 7)
    expect([primary.held.length, secondary.held.length]).toEqual([3, 4])
    primary.letGo()
    secondary.letGo()
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200).length).toBe(7)
    expect(statuses.filter((status) => status === 503).length).toBe(13)
  })

  it('is passed by as well where a guardrail has another model asked', async () => {
    const { script, letGo } = holding('primary')
    const cheaper = { model: 'gpt-4o-nano', price: { input: 0.1, output: 1 } }
    const pair = await startPair({
      ...limited({ primary: 1 }, { guardrails: { request: { cost: '$0.002' } } }),
      targets: { primary: { cheaper }, secondary: { cheaper } },
      primary: script,
    })
    const [first] = await fill(pair, 1)
    expect(pair.primary.asked[0]?.body).toContain('gpt-4o-nano')
    expect((await pair.ask()).headers).toMatchObject({ 'x-gameday-chosen': 'full' })
    letGo()
    expect(await first).toMatchObject({ servedBy: 'primary' })
  })
})

describe('where nobody has room', () => {
  async function full(more: PairOptions = {}) {
    const primary = holding('primary')
    const secondary = holding('secondary')
    const pair = await startPair({
      ...limited({ primary: 1, secondary: 1 }, more.config),
      primary: primary.script,
      secondary: secondary.script,
    })
    const asked = await fill(pair, 2)
    const letGo = () => {
      pair.primary.script = answers('primary')
      pair.secondary.script = answers('secondary')
      primary.letGo()
      secondary.letGo()
    }
    return { pair, asked, letGo }
  }

  it.each([true, false])(
    'a request is refused at once, and told when to come again, streamed: %s',
    async (stream) => {
      const { pair, letGo } = await full()
      const reply = await pair.ask({ stream })
      expect(reply.status).toBe(503)
      expect(errorOf(reply.text)).toMatchObject({
        type: 'no_provider',
        code: 'no_room',
        message:
          'No provider could be asked: primary (test-primary) has no room (1 of 1 requests in flight) | secondary (test-secondary) has no room (1 of 1 requests in flight).',
      })
      expect(reply.headers).toMatchObject({ 'retry-after': '1', 'x-should-retry': 'true' })
      expect(openaiFormat.classify(503, reply.text).class).toBe('no-provider')
      expect(pair.records).toMatchObject([
        { role: null, outcome: 'failed', class: 'no-provider', attempts: 0, chosen: null },
      ])
      letGo()
    },
  )

  it('no circuit opens, however many are refused, and the next one with room is served', async () => {
    const { pair, asked, letGo } = await full()
    for (let n = 0; n < 10; n++) expect((await pair.ask()).status).toBe(503)
    letGo()
    expect(await Promise.all(asked)).toMatchObject([{ status: 200 }, { status: 200 }])
    expect((await pair.ask()).servedBy).toBe('primary')
    expect(pair.events).toEqual([])
  })

  it('the official client comes again by itself, and is served', async () => {
    const { pair, letGo } = await full()
    const client = new OpenAI({ baseURL: pair.router.url, apiKey: 'any', maxRetries: 1 })
    const answer = client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'x' }] })
    await until(() => pair.records.length === 1)
    letGo()
    expect((await answer).choices[0]?.message.content).toMatch(/^Hello from primary/)
  })

  it('a kept answer is served where the cache stands in for providers that are out', async () => {
    const { pair, letGo } = await full({ config: { cache: { mode: 'stale-if-error' } } })
    expect((await pair.ask()).status).toBe(503)
    letGo()
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'keep this' }] })
    await pair.ask({ body })
    await systemClock.sleep(50)
    pair.primary.script = pair.secondary.script = hangs
    const before = pair.primary.asked.length
    void pair.ask().catch(() => {})
    void pair.ask().catch(() => {})
    await until(() => pair.primary.asked.length === before + 1)
    await until(() => pair.secondary.asked.length === 2)
    expect((await pair.ask({ body })).servedBy).toBe('cache')
  })

  it('a request that would be too dear where there is room is told of both, and to come again', async () => {
    const pair = await startPair({
      ...limited({ primary: 1 }, { guardrails: { request: { cost: '$0.02' } } }),
      targets: { secondary: { price: { input: 30, output: 300 } } },
      primary: hangs,
    })
    void (await fill(pair, 1))
    const reply = await pair.ask()
    expect([reply.status, errorOf(reply.text)['message']]).toEqual([
      503,
      'No provider could be asked: primary (test-primary) has no room (1 of 1 requests in flight) | secondary (test-secondary): the request would cost more than is allowed for one (about $0.3).',
    ])
    expect(pair.secondary.asked).toEqual([])
  })

  it('a pinned request is refused, though the other provider would have room', async () => {
    const { script, letGo } = holding('secondary')
    const pins = [{ tenant: 'acme', provider: 'secondary', failover: false }]
    const pair = await startPair({ ...limited({ secondary: 1 }, { pins }), secondary: script })
    const headers = { 'x-gameday-tenant': 'acme' }
    const first = pair.ask({ headers })
    await until(() => pair.secondary.asked.length === 1)
    const reply = await pair.ask({ headers })
    expect([reply.status, errorOf(reply.text)['message']]).toEqual([
      503,
      'No provider could be asked: secondary (test-secondary) has no room (1 of 1 requests in flight) | a pin keeps the request from primary (test-primary).',
    ])
    expect(pair.primary.asked).toEqual([])
    letGo()
    expect((await first).status).toBe(200)
  })
})

describe('where the good provider has no room and the other one is broken', () => {
  async function broken(): Promise<Pair> {
    const pair = await startPair({
      ...limited({ secondary: 1 }),
      primary: refuses('invalid-api-key'),
      secondary: hangs,
    })
    void pair.ask().catch(() => {})
    await until(() => pair.secondary.asked.length === 1)
    return pair
  }

  it('the failure is told, with the lack of room beside it and the advice to come again', async () => {
    const pair = await startPair({
      ...limited({ secondary: 1 }, { pins: [{ tenant: 'acme', provider: 'secondary', failover: true }] }),
      primary: refuses('invalid-api-key'),
      secondary: hangs,
    })
    void pair.ask({ headers: { 'x-gameday-tenant': 'acme' } }).catch(() => {})
    await until(() => pair.secondary.asked.length === 1)
    const reply = await pair.ask()
    expect([reply.status, errorOf(reply.text)['type']]).toEqual([401, 'credential'])
    expect(errorOf(reply.text)['message']).toMatch(
      /^No provider answered\. primary \(test-primary\): .* \| secondary \(test-secondary\) has no room \(1 of 1 requests in flight\)$/,
    )
    expect(reply.headers).toMatchObject({ 'retry-after': '1', 'x-should-retry': 'true' })
  })

  it('the broken one is not asked in its place: a circuit that is open stays alone but for its probes', async () => {
    const pair = await broken()
    const reply = await pair.ask()
    expect([reply.status, errorOf(reply.text)['code']]).toEqual([503, 'no_room'])
    expect(errorOf(reply.text)['message']).toBe(
      'No provider could be asked: the circuit of primary (test-primary) is open (credential) | secondary (test-secondary) has no room (1 of 1 requests in flight).',
    )
    expect(pair.primary.asked.length).toBe(1)
  })
})

/** How a request can go, by a word in its prompt. */
const KINDS = ['good', 'slow', 'refused', 'broken', 'cut', 'late', 'abandoned'] as const
type Kind = (typeof KINDS)[number]

const byKind: Script = async (response, asked) => {
  const kind = KINDS.find((one) => asked.body.includes(`"${one}"`))
  const isStream = asked.body.includes('"stream":true')
  if (kind === 'slow') await systemClock.sleep(5)
  if (kind === 'refused') return refuses('server-error')(response, asked)
  if (kind === 'broken') return void response.destroy()
  if (isStream && kind === 'late') return
  if (isStream && (kind === 'cut' || kind === 'abandoned')) {
    startStream(response)
    response.write(streamBody('primary').slice(0, 500))
    if (kind === 'cut') setTimeout(() => response.destroy(), 3)
    return
  }
  if (kind === 'cut') return void response.socket?.destroy()
  if (kind === 'abandoned') return
  return answers('primary')(response, asked)
}

describe('places', () => {
  it('are all given back, once each, however requests come to their end', async () => {
    const places = 2
    // Of streams alone: the plain requests that places are counted by must be able to wait on a slow machine.
    const timeouts = { firstToken: '150ms', interToken: '150ms' }
    const pair = await startPair({
      ...limited({ primary: places }, { timeouts, circuit: { failures: 1000 } }),
      primary: byKind,
    })
    const plan = fc.array(
      fc.record({
        kind: fc.constantFrom(...KINDS),
        stream: fc.boolean(),
        startMs: fc.nat(20),
        goneMs: fc.nat(30),
      }),
      { minLength: 1, maxLength: 8 },
    )
    await fc.assert(
      fc.asyncProperty(plan, async (requests) => {
        const before = pair.records.length
        pair.primary.script = byKind
        await Promise.all(requests.map((one, n) => play(pair, one, `user-${before + n}`)))
        await until(() => pair.records.length === before + requests.length)
        expect(await placesLeft(pair, places + 1)).toBe(places)
      }),
      { numRuns: 15, seed: 6 },
    )
  })
})

/** Plays one request. Whoever hangs up does so when a provider has the request: before that, even the router may not. */
async function play(
  pair: Pair,
  { kind, stream, startMs, goneMs }: { kind: Kind; stream: boolean; startMs: number; goneMs: number },
  user: string,
): Promise<void> {
  await systemClock.sleep(startMs)
  const hangUp = new AbortController()
  const messages = [{ role: 'user', content: kind }]
  const body = JSON.stringify({ model: 'm', messages, user, ...(stream ? { stream } : {}) })
  const over = pair.ask({ body, stream, signal: hangUp.signal }).catch(() => undefined)
  if (kind === 'abandoned') {
    const has = ({ asked }: Upstream) => asked.some((one) => one.body.includes(`"${user}"`))
    await until(() => has(pair.primary) || has(pair.secondary))
    await systemClock.sleep(goneMs)
    hangUp.abort()
  }
  await over
}

/** Counts by asking how many requests the primary takes before it is full. */
async function placesLeft(pair: Pair, tries: number): Promise<number> {
  const { script, letGo } = holding('primary')
  pair.primary.script = script
  const { length } = pair.records
  const before = askedOf(pair.primary) + askedOf(pair.secondary)
  const primaryBefore = askedOf(pair.primary)
  const asked = Array.from({ length: tries }, () => pair.ask())
  await until(() => askedOf(pair.primary) + askedOf(pair.secondary) === before + tries)
  const taken = askedOf(pair.primary) - primaryBefore
  letGo()
  await Promise.all(asked)
  await until(() => pair.records.length === length + tries)
  return taken
}

const askedOf = ({ asked }: Upstream) => asked.length
