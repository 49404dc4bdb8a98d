import { describe, expect, it } from 'vitest'
import { startPair, type PairOptions } from '../../support/router-pair.ts'
import {
  breaksAfter,
  hangs,
  refuses,
  resets,
  sends,
  streamEvents,
  type Script,
} from '../../support/router-upstream.ts'

const { role, content } = streamEvents('secondary')
const acme = { headers: { 'x-gameday-tenant': 'acme' } }
const pinned = (failover: boolean, more: object = {}): PairOptions => ({
  config: { pins: [{ tenant: 'acme', provider: 'secondary', failover }], ...more },
})
const errorOf = (text: string) => (JSON.parse(text) as { error: { type: string; message: string } }).error

describe('a pin', () => {
  it.each([true, false])('holds a tenant’s requests at its provider, streamed: %s', async (stream) => {
    const pair = await startPair(pinned(false))
    const reply = await pair.ask({ ...acme, stream })
    expect([reply.servedBy, reply.headers['x-gameday-chosen']]).toEqual(['secondary', 'pin'])
    expect(pair.records).toMatchObject([{ tenant: 'acme', role: 'secondary', chosen: 'pin' }])
  })

  it('leaves everybody else’s requests where they were, and says nothing of them', async () => {
    const pair = await startPair(pinned(false))
    for (const headers of [{}, { 'x-gameday-tenant': 'birch' }, { 'x-gameday-feature': 'acme' }]) {
      const reply = await pair.ask({ headers })
      expect([reply.servedBy, reply.headers['x-gameday-chosen']]).toEqual(['primary', undefined])
    }
    expect(pair.records.map(({ chosen }) => chosen)).toEqual([null, null, null])
  })

  it('reads tenant and feature from the body as well', async () => {
    const pair = await startPair({
      config: { pins: [{ tenant: 'acme', feature: 'search', provider: 'secondary', failover: false }] },
    })
    const body = (metadata: object) =>
      JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], metadata })
    expect((await pair.ask({ body: body({ tenant: 'acme', feature: 'search' }) })).servedBy).toBe('secondary')
    expect((await pair.ask({ body: body({ tenant: 'acme', feature: 'chat' }) })).servedBy).toBe('primary')
  })

  it('holds the list of models, too', async () => {
    const pair = await startPair({ ...pinned(false), secondary: sends(200, '{"object":"list","data":[]}') })
    const { status } = await fetch(`${pair.router.url}/models`, acme)
    expect([status, pair.primary.asked.length, pair.secondary.asked.length]).toEqual([200, 0, 1])
  })
})

/** What a pinned provider can do wrong, whose failure it then is. */
const FAILURES: [string, Script, number, string][] = [
  ['a revoked key', refuses('invalid-api-key'), 401, 'credential'],
  ['a server error', refuses('server-error'), 500, 'server_error'],
  ['a reset connection', resets, 502, 'connection'],
  ['silence', hangs, 504, 'timeout'],
]

/** Silence has to end in a test, and nothing else needs haste. */
const patience = (script: Script) =>
  script === hangs ? { timeouts: { headers: '800ms', firstToken: '800ms' } } : {}

describe('a pin without failover', () => {
  it.each(FAILURES)(
    'gives the caller %s of its provider, named, and asks nobody else',
    async (_what, secondary, status, type) => {
      const pair = await startPair({ ...pinned(false, patience(secondary)), secondary })
      const reply = await pair.ask(acme)
      expect([reply.status, errorOf(reply.text).type]).toEqual([status, type])
      expect(errorOf(reply.text).message).toMatch(
        /^No provider answered\. secondary \(test-secondary\): .* \| a pin keeps the request from primary \(test-primary\)$/,
      )
      expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([0, 1])
      expect(pair.records).toMatchObject([{ role: 'secondary', chosen: 'pin', attempts: 1 }])
    },
  )

  it('asks its provider with an open circuit as well, every time: there is nobody else', async () => {
    const pair = await startPair({ ...pinned(false), secondary: refuses('invalid-api-key') })
    for (let n = 1; n <= 3; n++) {
      expect((await pair.ask(acme)).status).toBe(401)
      expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([0, n])
    }
    expect(pair.events).toMatchObject([{ provider: 'secondary', state: 'open' }])
  })

  it('may be tried again at the same provider where that is configured', async () => {
    const pair = await startPair({
      ...pinned(false, { retrySameTarget: 1 }),
      secondary: refuses('server-error'),
    })
    expect((await pair.ask(acme)).attempts).toBe('2')
    expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([0, 2])
  })

  it('does not complete elsewhere a stream that broke off', async () => {
    const pair = await startPair({ ...pinned(false), secondary: breaksAfter(role, content[0] ?? '') })
    const reply = await pair.ask({ ...acme, stream: true })
    expect([reply.clean, pair.primary.asked.length]).toEqual([false, 0])
  })
})

describe('a pin with failover', () => {
  it.each(FAILURES)('goes to the other provider after %s', async (_what, secondary) => {
    const pair = await startPair({ ...pinned(true, patience(secondary)), secondary })
    const reply = await pair.ask(acme)
    expect([reply.status, reply.servedBy, reply.headers['x-gameday-chosen']]).toEqual([
      200,
      'primary',
      'failover',
    ])
    expect(pair.records).toMatchObject([{ role: 'primary', chosen: 'failover', attempts: 2 }])
  })

  it('leaves its provider alone while the circuit is open, and says why', async () => {
    const pair = await startPair({ ...pinned(true), secondary: refuses('invalid-api-key') })
    await pair.ask(acme)
    const reply = await pair.ask(acme)
    expect([reply.servedBy, reply.attempts, reply.headers['x-gameday-chosen']]).toEqual([
      'primary',
      '1',
      'circuit',
    ])
    expect(pair.secondary.asked.length).toBe(1)
  })
})
