import { describe, expect, it } from 'vitest'
import type { GateFaultSpec } from '../../../../src/providers/index.ts'
import { ledger, openHouse, type House, type Told } from '../../../support/house.ts'
import { until } from '../../../support/router-pair.ts'
import { systemClock } from '../../../../src/base/index.ts'

/** The stories of `docs/stories.md` about streams, and about providers that are silent. */

const ANTHROPIC = { format: 'anthropic', model: 'claude-haiku-4-5' }
/** Slow enough that the first tokens have left when a fault strikes after them. */
const UNHURRIED = { interToken: { p50: '60ms', p95: '60ms' } }
const LIMIT_MS = 800
const CLOCKS = { headers: '800ms', firstToken: '800ms', interToken: '800ms' }
/** Much longer than a clock, so that a test which waits for it has failed. */
const FOR_EVER = 60_000

/** Asks until a fault strikes a stream whose first tokens have left: on a busy machine it may come before them. */
async function struckMidway(home: House): Promise<Told> {
  for (let n = 0; n < 10; n++) {
    const told = await home.ask({ stream: true })
    if (told.servedBy === 'primary') return told
    expect(told).toMatchObject({ ok: true, servedBy: 'secondary' })
  }
  throw new Error('it never struck in the middle')
}
const PATIENT = { circuit: { failures: 100 } }

describe.concurrent('stories of a stream', () => {
  // Portkey #1797 (open, 1.15.2): it catches, closes, and the half answer ends like a whole one.
  it.for([{}, ANTHROPIC])(
    '4. a stream that is cut is no success: %o',
    async (primary, { onTestFinished }) => {
      const home = await openHouse(onTestFinished, { primary: { ...primary, ...UNHURRIED }, router: PATIENT })
      await home.break('primary', { kind: 'truncated-stream', afterTokens: 3, share: 1 })
      const told = await struckMidway(home)
      expect(told).toMatchObject({ ok: false, clean: false, said: { finished: false } })
      expect(told.said.text).toMatch(/^Understood:/)
      expect(told.said.error).toContain('truncated')
      expect(home.records.at(-1)).toMatchObject({ outcome: 'truncated', costUsd: null })
    },
  )

  // Bifrost #7034 (fixed by #7104): its timeouts began with the headers, which never came.
  it('6. a provider that accepts and says nothing is given up in time', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, { router: { timeouts: CLOCKS } })
    await home.break('primary', { kind: 'slow-headers', delay: FOR_EVER, share: 1 })
    for (const stream of [false, true]) {
      const told = await home.ask({ stream })
      expect(told).toMatchObject({ ok: true, servedBy: 'secondary' })
      expect(told.tookMs).toBeGreaterThanOrEqual(LIMIT_MS)
      expect(told.tookMs).toBeLessThan(5000)
    }
    expect(await ledger(home, 2, 'primary')).toMatchObject([{ hungUp: true }, { hungUp: true }])
  })

  // Bifrost #5395 (open): `response.created` counts as an answer, and the quota error behind it reaches the caller.
  it.for([{}, ANTHROPIC])(
    '7. an error after the first event, before any content, is failed over: %o',
    async (primary, { onTestFinished }) => {
      const home = await openHouse(onTestFinished, { primary })
      await home.break('primary', {
        kind: 'stream-error',
        error: 'insufficient-quota',
        afterTokens: 0,
        share: 1,
      })
      expect(await home.ask({ stream: true })).toMatchObject({
        ok: true,
        servedBy: 'secondary',
        attempts: '2',
      })
      expect(await home.ask({ stream: true })).toMatchObject({
        ok: true,
        servedBy: 'secondary',
        attempts: '1',
      })
      expect(home.states()).toEqual(['open'])
    },
  )

  // LiteLLM #19909: with a limit of 2 s the timeout came after 10 s, together with the late answer.
  it('8a. a first token that takes ten times its limit is not waited for', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, { router: { timeouts: CLOCKS } })
    await home.break('primary', { kind: 'slow-first-token', delay: 10 * LIMIT_MS, share: 1 })
    const told = await home.ask({ stream: true })
    expect(told).toMatchObject({ ok: true, servedBy: 'secondary' })
    expect(told.tookMs).toBeLessThan(5000)
  })

  // LiteLLM #19184 (since 1.80): the limit for the first token cuts whole streams.
  it('8b. a healthy stream may take longer than every clock but the total', async ({ onTestFinished }) => {
    const primary = { ...UNHURRIED, outputTokens: { least: 24, most: 24 } }
    const home = await openHouse(onTestFinished, { primary, router: { timeouts: CLOCKS } })
    const told = await home.ask({ stream: true })
    expect(told).toMatchObject({ ok: true, servedBy: 'primary', attempts: '1', said: { marker: true } })
    expect(told.tookMs).toBeGreaterThan(1.5 * LIMIT_MS)
    expect(home.records).toMatchObject([{ outcome: 'ok', outputTokens: 24 }])
  })

  // livekit/agents #6171, ai-fallback before PR #22: any frame stops the clock of the first token.
  it.for([
    ['comments', {}],
    ['events', {}],
    ['events', ANTHROPIC],
  ] as const)('9. %s are no token: %o', async ([shape, primary], { onTestFinished }) => {
    const home = await openHouse(onTestFinished, { primary, router: { timeouts: CLOCKS } })
    await home.break('primary', { kind: 'pings-only', shape, every: 50, share: 1 })
    const told = await home.ask({ stream: true })
    expect(told).toMatchObject({ ok: true, servedBy: 'secondary' })
    expect(told.tookMs).toBeGreaterThanOrEqual(LIMIT_MS)
    expect(told.tookMs).toBeLessThan(5000)
  })

  // TensorZero #6328: a stall after the first token holds the connection for fifteen minutes.
  it('10. a stream that stalls is ended in time, and says so', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, {
      primary: UNHURRIED,
      router: { ...PATIENT, timeouts: CLOCKS },
    })
    await home.break('primary', { kind: 'stalled-stream', afterTokens: 1, share: 1 })
    const told = await struckMidway(home)
    expect(told).toMatchObject({ ok: false, clean: false })
    expect(told.said.error).toContain('inter_token_timeout')
    expect(told.tookMs).toBeLessThan(5000)
    expect((await ledger(home, 1, 'primary')).at(-1)).toMatchObject({ hungUp: true })
  })

  // LiteLLM #29808 (open): an error in the first chunk never uses `num_retries`, and without a fallback it is final.
  it('11. an error in the first event is retried where there is nobody to fail over to', async ({
    onTestFinished,
  }) => {
    const router = { attempts: 5, retrySameTarget: 3 }
    const home = await openHouse(onTestFinished, { router: { ...router, circuit: { failures: 1000 } } })
    await home.break('secondary', { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 })
    const rateLimited: GateFaultSpec = {
      kind: 'stream-error',
      error: 'rate-limited',
      afterTokens: 0,
      share: 1,
    }
    const heal = await home.break('primary', rateLimited)
    const refused = await home.ask({ stream: true })
    expect(refused).toMatchObject({ ok: false, status: 401, attempts: '5' })
    expect(await ledger(home, 4, 'primary')).toHaveLength(4)
    await heal()
    // Half of the streams from here on.
    await home.break('primary', { ...rateLimited, share: 0.5 })
    const told = []
    for (let n = 0; n < 8; n++) told.push(await home.ask({ stream: true }))
    expect(told.filter(({ ok, attempts }) => ok && attempts !== '1').length).toBeGreaterThan(0)
    expect(told.every(({ ok, attempts }) => ok || attempts === '5')).toBe(true)
  })

  // LiteLLM #27967 (1.80): it asks the fallback to go on with a prefilled text, whose 400 hides what had gone wrong.
  it('12. a stream that fails in the middle is never continued by another model', async ({
    onTestFinished,
  }) => {
    const home = await openHouse(onTestFinished, {
      primary: UNHURRIED,
      secondary: ANTHROPIC,
      router: PATIENT,
    })
    await home.break('primary', { kind: 'stream-error', error: 'overloaded', afterTokens: 3, share: 1 })
    const told = await struckMidway(home)
    expect(told).toMatchObject({ ok: false, clean: false, attempts: '1' })
    expect(told.said.error).toContain('overloaded')
    expect(home.records.at(-1)).toMatchObject({ class: 'overloaded', role: 'primary', attempts: 1 })
  })

  // ferro-labs/ai-gateway #136: a stream counts as a success when it opens, so the breaker never trips.
  it('18. a provider that fails in streams alone is found out, whatever its plain answers', async ({
    onTestFinished,
  }) => {
    const home = await openHouse(onTestFinished, { primary: UNHURRIED })
    await home.break('primary', { kind: 'truncated-stream', afterTokens: 2, share: 1 })
    for (let n = 0; n < 3; n++) {
      const { ok, servedBy } = await home.ask({ stream: true })
      expect(ok && servedBy === 'primary').toBe(false)
      // A plain answer in between, but not after the last: it would go to the secondary by then.
      const plain = n < 2 ? await home.ask() : null
      expect(plain?.servedBy ?? 'primary').toBe('primary')
    }
    expect(home.states()).toEqual(['open'])
    expect(await home.ask({ stream: true })).toMatchObject({
      ok: true,
      servedBy: 'secondary',
      attempts: '1',
    })
  })

  // LiteLLM #36123, #37140 (open): the client hangs up, and the provider goes on generating at its cost.
  it.for([{}, ANTHROPIC])(
    '20. a caller that hangs up stops the provider within a second: %o',
    async (primary, { onTestFinished }) => {
      const home = await openHouse(onTestFinished, {
        primary: { ...primary, ...UNHURRIED, outputTokens: { least: 200, most: 200 } },
      })
      const leaving = new AbortController()
      const asked = home.ask({ stream: true, signal: leaving.signal }).catch(() => null)
      await until(() => home.states().length === 0 && home.router.port > 0)
      await systemClock.sleep(300)
      const leftMs = systemClock.now()
      leaving.abort()
      await asked
      const [attempt] = await ledger(home, 1)
      expect(attempt).toMatchObject({ hungUp: true, status: 200 })
      expect(attempt!.endMs! - leftMs).toBeLessThan(1000)
      expect(attempt!.outputTokens).toBeLessThan(60)
      expect(home.records).toMatchObject([{ outcome: 'abandoned', costUsd: null }])
    },
  )
})
