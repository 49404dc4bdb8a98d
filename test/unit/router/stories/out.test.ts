import { describe, expect, it } from 'vitest'
import { ledger, openHouse, type House } from '../../../support/house.ts'
import { until } from '../../../support/router-pair.ts'
import { systemClock } from '../../../../src/base/index.ts'

/**
 * The complaints of users of other gateways, one test each, told by the number under which `docs/stories.md` lists them.
 * Here those about a provider that is out: how soon it is left alone, for how long, and who is told why.
 */

const ANTHROPIC = { format: 'anthropic', model: 'claude-haiku-4-5' }
const p95 = (times: number[]) => times.toSorted((a, b) => a - b)[Math.ceil(0.95 * times.length) - 1] ?? NaN

async function askMany(house: House, count: number, question?: Parameters<House['ask']>[0]) {
  const replies = []
  for (let n = 0; n < count; n++) replies.push(await house.ask(question))
  return replies
}

describe.concurrent('stories of a provider that is out', () => {
  // LiteLLM #40405 (open 2026-09-09): 33 attempts at the dead primary for 11 requests, 5 to 6 s each.
  it('1. a persistent 503 costs three requests a second attempt, and the others nothing', async ({
    onTestFinished,
  }) => {
    const slow = { firstToken: { p50: '20ms', p95: '20ms' } }
    const home = await openHouse(onTestFinished, {
      primary: slow,
      secondary: slow,
      router: { circuit: { probeEvery: '10s' } },
    })
    const before = await askMany(home, 10)
    await home.break('primary', { kind: 'overloaded', status: 503, share: 1 })
    const after = await askMany(home, 20)
    expect(after.every(({ ok, servedBy }) => ok && servedBy === 'secondary')).toBe(true)
    expect(after.map(({ attempts }) => attempts)).toEqual([...Array(3).fill('2'), ...Array(17).fill('1')])
    expect(home.attempts('primary').filter(({ status }) => status === 503)).toHaveLength(3)
    // Back to what it was, with much room for a busy machine: the tax of the it is seconds.
    expect(p95(after.slice(3).map(({ tookMs }) => tookMs))).toBeLessThan(
      3 * p95(before.map(({ tookMs }) => tookMs)) + 100,
    )
  })

  // LiteLLM #37592 (open, 2026): a 400 or 402 for an empty balance never cools the deployment.
  it.for([
    ['Anthropic’s 400', ANTHROPIC, 400],
    ['OpenAI’s 429', {}, 429],
  ] as const)(
    '2. an empty balance, as %s, opens the circuit at once',
    async ([, primary, status], { onTestFinished }) => {
      const home = await openHouse(onTestFinished, { primary })
      await home.break('primary', { kind: 'quota-exhausted', share: 1 })
      const replies = await askMany(home, 6)
      expect(replies.map(({ ok, servedBy }) => ok && servedBy)).toEqual(Array(6).fill('secondary'))
      expect(await ledger(home, 1, 'primary')).toMatchObject([{ status, failure: 'quota' }])
      expect(home.states()).toEqual(['open'])
    },
  )

  // Claude Code #72457, #54311; Bifrost ec1d608a classes it as the caller's fault, and so fails over to nobody.
  it('3. an account that is disabled with a 400 is no mistake of the caller’s', async ({
    onTestFinished,
  }) => {
    const home = await openHouse(onTestFinished, { primary: ANTHROPIC })
    await home.break('primary', { kind: 'revoke-key', shape: 'organization-disabled', spreadOver: 0 })
    for (const format of ['anthropic', 'openai', 'anthropic'] as const)
      expect(await home.ask({ format })).toMatchObject({ ok: true, servedBy: 'secondary' })
    expect(await ledger(home, 1, 'primary')).toMatchObject([{ status: 400, failure: 'credential' }])
    expect(home.states()).toEqual(['open'])
  })

  // Portkey #1289 (1.15.2): a circuit breaker is configured, and every request still tries the primary first.
  it('5. a revoked key is tried once, and then by one probe at a time', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, { router: { circuit: { probeEvery: '400ms' } } })
    await home.break('primary', { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 })
    const startedMs = systemClock.now()
    const replies = []
    for (let round = 0; round < 6; round++) {
      replies.push(...(await Promise.all(Array.from({ length: 6 }, () => home.ask({ stream: true })))))
      await systemClock.sleep(80)
    }
    expect(replies.map(({ ok, servedBy }) => ok && servedBy)).toEqual(Array(36).fill('secondary'))
    // The six that were under way when it opened, and a probe every 400 ms.
    const probes = Math.floor((systemClock.now() - startedMs) / 400)
    expect((await ledger(home, 1, 'primary')).length).toBeLessThanOrEqual(6 + probes)
  })

  // LiteLLM #5764, #20867, #2493: "429, no deployments available" hides a revoked key for hours.
  it('13. with both keys revoked the caller is told of the keys, at first and ever after', async ({
    onTestFinished,
  }) => {
    const home = await openHouse(onTestFinished, { secondary: ANTHROPIC })
    await home.break('primary', { kind: 'rate-limited', retryAfter: 60_000, share: 1 })
    await home.break('secondary', { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 })
    for (const stream of [false, true, false, true]) {
      const { ok, status, text } = await home.ask({ stream })
      expect({ ok, status }).toEqual({ ok: false, status: 401 })
      expect(text).toMatch(/secondary \(second\): credential.*primary \(first\): rate-limit/)
    }
    expect(home.records.map(({ class: failure }) => failure)).toEqual(Array(4).fill('credential'))
  })

  // LiteLLM #40130 (open, 1.101.0): a second failure does not prolong a cooldown.
  it('14. a later Retry-After that asks for more is given it', async ({ onTestFinished }) => {
    const home = await openHouse(onTestFinished, { router: { circuit: { probeEvery: '100ms' } } })
    const primary = () => home.attempts('primary')
    const heal = await home.break('primary', { kind: 'rate-limited', retryAfter: 150, share: 1 })
    await home.ask()
    await heal()
    const healAgain = await home.break('primary', { kind: 'rate-limited', retryAfter: 900, share: 1 })
    const asked = async () => (await home.ask()).ok && primary().length
    await until(() => home.states().includes('open'))
    while ((await asked()) !== 2) await systemClock.sleep(20)
    const [, later] = primary()
    await healAgain()
    while (home.states().at(-1) !== 'closed') {
      expect((await home.ask()).ok).toBe(true)
      await systemClock.sleep(20)
    }
    const [, , third] = await ledger(home, 3, 'primary')
    expect(third!.startMs - later!.endMs!).toBeGreaterThanOrEqual(890)
  })

  // notra #1094, freellmapi #484: a 401 is not retryable, so the whole application is down when its key expires.
  it.for(['openai', 'anthropic'] as const)(
    '16. a key that is revoked and restored is noticed by no client of %s',
    async (format, { onTestFinished }) => {
      const home = await openHouse(onTestFinished, {
        primary: format === 'anthropic' ? ANTHROPIC : {},
        router: { circuit: { probeEvery: '200ms' } },
      })
      const told: boolean[] = []
      const ask = async (n: number) => told.push((await home.ask({ format, stream: n % 2 === 0 })).ok)
      await ask(0)
      const restore = await home.break('primary', {
        kind: 'revoke-key',
        shape: 'invalid-api-key',
        spreadOver: 0,
      })
      for (let n = 0; n < 10; n++) await ask(n)
      await restore()
      for (let n = 0; home.states().at(-1) !== 'closed'; n++) {
        await ask(n)
        await systemClock.sleep(20)
      }
      expect(await home.ask({ format })).toMatchObject({ ok: true, servedBy: 'primary', attempts: '1' })
      expect(told).toEqual(told.map(() => true))
    },
  )
})
