import { describe, expect, it } from 'vitest'
import { ledger, openHouse, type House } from '../../../support/house.ts'
import { until } from '../../../support/router-pair.ts'
import { startRedis } from '../../../support/redis.ts'
import { systemClock } from '../../../../src/base/index.ts'

/** The stories of `docs/stories.md` about money, about other routers, and about a request that is itself the trouble. */

const ANTHROPIC = { format: 'anthropic', model: 'claude-haiku-4-5' }

/** Asks until the answer comes from the cache: a Redis that is slow for a moment keeps nothing. */
async function untilKept(home: House, prompt: string, from: string): Promise<void> {
  for (let n = 0; n < 100; n++) {
    const told = await home.ask({ prompt })
    expect(told.ok).toBe(true)
    if (told.servedBy === 'cache') return
    expect(told.servedBy).toBe(from)
    await systemClock.sleep(50)
  }
  throw new Error('no answer was kept')
}

/** What the provider's side billed, and what the router told of, in US dollars. */
async function bills(home: House, attempts: number) {
  const billed = (await ledger(home, attempts)).reduce((sum, { costUsd }) => sum + (costUsd ?? NaN), 0)
  const told = home.records.reduce((sum, { costUsd }) => sum + (costUsd ?? NaN), 0)
  return { billed, told }
}

describe.concurrent('stories of money, neighbours and poison', () => {
  // LiteLLM #34836 (2026-07): with a shared Redis a cooldown is seen late, or by the wrong router.
  it('15. two routers with one Redis share answers, and never a circuit', async ({ onTestFinished }) => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const router = { cache: { mode: 'on-hit', redis: redis.url }, circuit: { probeEvery: '1m' } }
    const one = await openHouse(onTestFinished, { router })
    // Its key is not the one that the primary accepts.
    const other = await one.neighbour(router, { primary: 'sk-gameday-house-not-this-one' })
    // Both are connected: a Redis that does not answer yet would be left alone for two seconds.
    await until(() => redis.asked.filter((word) => word === 'info').length === 2)
    await systemClock.sleep(50)
    await untilKept(other, 'What is open?', 'secondary')
    expect(other.states()).toEqual(['open'])
    await untilKept(one, 'Who is there?', 'primary')
    expect(one.states()).toEqual([])
    expect(await one.ask({ prompt: 'What is open?' })).toMatchObject({ ok: true, servedBy: 'cache' })
    expect(await other.ask({ prompt: 'Who is there?' })).toMatchObject({ ok: true, servedBy: 'cache' })
    // What the first router knows of the primary does not close the other's circuit either.
    expect(await other.ask({ prompt: 'And now?' })).toMatchObject({ servedBy: 'secondary', attempts: '1' })
    expect([one.states(), other.states()]).toEqual([[], ['open']])
  })

  // LiteLLM #31722, #25503, #8810, #39462: the model that was asked for, a cost of null, failed attempts unpriced.
  it.for([
    ['OpenAI', {}, 'gpt-4o-mini'],
    ['Anthropic', ANTHROPIC, 'claude-haiku-4-5'],
  ] as const)(
    '19. the bill is the sum of what every attempt cost, and names the model that served: %s',
    async ([, primary, model], { onTestFinished }) => {
      const secondary = { model: 'gpt-4.1-mini' }
      const home = await openHouse(onTestFinished, {
        primary,
        secondary,
        router: { circuit: { failures: 100 } },
      })
      for (const stream of [false, true])
        expect((await home.ask({ stream })).text).toContain(`"model":"${model}"`)
      // An empty answer costs as much as any other; a refusal costs nothing.
      for (const fault of [
        { kind: 'empty-answer', share: 1 },
        { kind: 'server-error', share: 1 },
        { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 },
      ] as const) {
        const heal = await home.break('primary', fault)
        for (const stream of [false, true]) {
          const told = await home.ask({ stream })
          expect(told).toMatchObject({ ok: true, servedBy: 'secondary' })
          expect(told.text).toContain('"model":"gpt-4.1-mini"')
          expect(home.records.at(-1)).toMatchObject({
            askedModel: model,
            model: 'gpt-4.1-mini',
            role: 'secondary',
          })
          const stated = told.headers['x-gameday-cost-usd'] ?? told.trailers['x-gameday-cost-usd']
          expect(Number(stated)).toBeCloseTo(home.records.at(-1)?.costUsd ?? NaN, 9)
        }
        await heal()
      }
      expect(home.records.map(({ attempts }) => attempts)).toEqual([1, 1, 2, 2, 2, 2, 2, 1])
      const { billed, told } = await bills(home, 13)
      expect(billed).toBeGreaterThan(0)
      expect(told).toBeCloseTo(billed, 12)
    },
  )

  // opencode-go-multi-auth #6: one request that always meets a 500 opens the breaker of every key.
  it('17. a poisonous request that fails everywhere takes no provider from the others', async ({
    onTestFinished,
  }) => {
    const home = await openHouse(onTestFinished)
    const ask = (poison: boolean) => home.ask(poison ? { prompt: 'POISON' } : {})
    const heal = await Promise.all(
      (['primary', 'secondary'] as const).map((role) => home.break(role, { kind: 'server-error', share: 1 })),
    )
    // A client of OpenAI's own tries three times; this one has been told to try nine.
    for (let n = 0; n < 9; n++) expect(await ask(true)).toMatchObject({ ok: false, status: 500 })
    for (const end of heal) await end()
    expect([home.states('primary'), home.states('secondary')]).toEqual([[], []])
    expect(await ask(false)).toMatchObject({ ok: true, servedBy: 'primary', attempts: '1' })
  })
})

describe.concurrent('more of what is told of gateways', () => {
  // Bifrost #6973: headers of the provider that failed are found in the answer of the one that served.
  it('no header of a provider that failed is in the answer of another', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, { secondary: ANTHROPIC })
    const direct = await home.ask()
    expect(direct.headers).toHaveProperty('x-ratelimit-limit-requests')
    await home.break('primary', { kind: 'rate-limited', retryAfter: 5000, share: 1 })
    const { ok, headers } = await home.ask()
    expect(ok).toBe(true)
    expect(Object.keys(headers).filter((name) => /ratelimit|retry-after|should-retry/.test(name))).toEqual([])
  })

  // otari #173, LiteLLM #21377: a 404 of a model that is gone ends the request.
  it('a model that the primary does not know is asked for at the secondary', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, { secondary: { model: 'gpt-4.1-mini' } })
    for (const stream of [false, true])
      expect(await home.ask({ model: 'gpt-3.5-gone', stream })).toMatchObject({
        ok: true,
        servedBy: 'secondary',
      })
    expect(home.states()).toEqual([])
  })

  // PostHog #71825: spells of 529 last minutes, and retries that follow each other at once only add to the load.
  it('a spell of 529 is met by one probe an interval, however many ask', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, {
      primary: ANTHROPIC,
      router: { circuit: { probeEvery: '300ms' } },
    })
    await home.break('primary', { kind: 'overloaded', share: 1 })
    const startedMs = systemClock.now()
    for (let n = 0; n < 8; n++) {
      const told = await Promise.all([1, 2, 3].map(() => home.ask({ stream: n % 2 === 0 })))
      expect(told.every(({ ok, servedBy }) => ok && servedBy === 'secondary')).toBe(true)
      await systemClock.sleep(100)
    }
    const probes = Math.floor((systemClock.now() - startedMs) / 300)
    const asked = (await ledger(home, 4, 'primary')).length
    expect(asked).toBeLessThanOrEqual(3 + probes)
  })
})
