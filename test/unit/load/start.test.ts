import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { GamedayError, InternalError, systemClock } from '../../../src/base/index.ts'
import {
  startLoad,
  type Load,
  type LoadOptions,
  type LoadSample,
  type Prompt,
} from '../../../src/load/index.ts'
import {
  answerWell,
  scriptedServer,
  sendJson,
  type Got,
  type Script,
  type ScriptedServer,
} from '../../support/load-server.ts'

const CANARY = 'CANARY-PROMPT-TEXT'
const prompts: Prompt[] = [
  { tenant: 'acme', feature: 'search', context: 'short', text: `${CANARY} one` },
  { tenant: 'globex', feature: 'support', context: 'long', text: `${CANARY} two`.repeat(200) },
]

const servers: ScriptedServer[] = []
const loads: Load[] = []
afterEach(async () => {
  await Promise.all(loads.splice(0).map((load) => load.stop(0).catch(() => undefined)))
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await scriptedServer(script)
  servers.push(server)
  return server
}

function start(router: ScriptedServer, options: Partial<LoadOptions> = {}) {
  const samples: LoadSample[] = []
  const endpoint = { url: router.url, key: 'gate-key' }
  const load = startLoad({
    runTag: 'r7',
    epochMs: systemClock.now(),
    perSecond: 50,
    arrivals: 'uniform',
    seed: 1,
    streams: 0.5,
    controlShare: 0,
    timeoutMs: 5000,
    prompts,
    model: 'gpt-4o-mini',
    router: endpoint,
    primary: endpoint,
    clock: systemClock,
    onSample: (sample) => void samples.push(sample),
    ...options,
  })
  loads.push(load)
  return { load, samples }
}

const sent = (samples: LoadSample[]) => samples.toSorted((a, b) => a.intendedMs - b.intendedMs)
const responseMs = (sample: LoadSample) => sample.endMs! - sample.intendedMs

describe('the load', () => {
  it('sends at the planned rate, every request marked, keyed and once, and samples each', async () => {
    const router = await serve(answerWell)
    const { load, samples } = start(router)
    await systemClock.sleep(1000)
    const figures = await load.stop(3000)

    expect(figures.offered).toBeGreaterThan(45)
    expect(figures).toMatchObject({ sent: figures.offered, dropped: 0 })
    expect(samples.length).toBe(figures.offered)
    expect(router.got.length).toBe(figures.offered)
    const ids = sent(samples).map((sample) => sample.id)
    expect(ids).toEqual(ids.map((_, index) => `m${index + 1}`))
    for (const { body, authorization, path } of router.got) {
      const id = /\[gd:r7:(m\d+):[0-9a-f]{8}\]$/.exec(body.messages.at(-1)!.content)?.[1]
      expect(body.user).toContain(`gd:r7:${id}`)
      expect(ids).toContain(id)
      expect({ authorization, path }).toEqual({
        authorization: 'Bearer gate-key',
        path: '/v1/chat/completions',
      })
      expect(body.stream_options).toEqual(body.stream ? { include_usage: true } : undefined)
    }
    expect(new Set(samples.map((sample) => sample.outcome))).toEqual(new Set(['ok']))
    expect(new Set(samples.map((sample) => `${sample.tenant}/${sample.feature}`)).size).toBe(2)
    expect(new Set(samples.map((sample) => sample.stream)).size).toBe(2)
    expect(sent(samples).map((sample) => sample.intendedMs - samples[0]!.intendedMs)[40]).toBeCloseTo(800, 6)
  })

  it('never waits for an answer: a server that takes 400 ms gets as many requests as a fast one', async () => {
    const slow = await serve((got, answer) => void setTimeout(() => answerWell(got, answer), 400))
    const { load, samples } = start(slow)
    await systemClock.sleep(1000)
    const gotWhileRunning = slow.got.length
    const figures = await load.stop(5000)

    // A closed loop with a few connections would have sent two or three requests on each.
    expect(gotWhileRunning).toBeGreaterThan(40)
    expect(figures.offered).toBe(samples.length)
    expect(new Set(samples.map((sample) => sample.outcome))).toEqual(new Set(['ok']))
  })

  it('keeps the offered rate through a freeze, and the frozen requests’ response times say so', async () => {
    let isFrozen = false
    const held: [Got, ServerResponse][] = []
    const router = await serve(
      (got, answer) => void (isFrozen ? held.push([got, answer]) : answerWell(got, answer)),
    )
    const epochMs = systemClock.now()
    const { load, samples } = start(router, { epochMs })
    await systemClock.sleep(500)
    isFrozen = true
    const frozenMs = systemClock.now() - epochMs
    await systemClock.sleep(1000)
    isFrozen = false
    const thawedMs = systemClock.now() - epochMs
    const reached = held.length
    for (const [got, answer] of held.splice(0)) answerWell(got, answer)
    await systemClock.sleep(300)
    await load.stop(5000)

    const within = (from: number, to: number) =>
      sent(samples).filter((s) => s.startedMs! >= from && s.startedMs! < to)
    const during = within(frozenMs, thawedMs)
    const before = within(0, frozenMs)
    const rates = [during.length / (thawedMs - frozenMs), before.length / frozenMs]
    expect(rates[0]! / rates[1]!).toBeGreaterThan(0.8)
    expect(rates[0]! / rates[1]!).toBeLessThan(1.2)
    // They really left: the frozen server had them all.
    expect(reached / during.length).toBeGreaterThan(0.8)
    // Every request meant within the freeze waited for its end, as its response time shows; half of them half of it.
    expect(during.filter((s) => responseMs(s) < thawedMs - s.intendedMs - 5)).toEqual([])
    expect(
      during.filter((s) => responseMs(s) > (thawedMs - frozenMs) / 2).length / during.length,
    ).toBeGreaterThan(0.4)
  })

  it('sends at the pace of independent users when told to, the same again with the same seed', async () => {
    const router = await serve(answerWell)
    const [one, two] = [start(router, { arrivals: 'poisson' }), start(router, { arrivals: 'poisson' })]
    await systemClock.sleep(600)
    await Promise.all([one.load.stop(3000), two.load.stop(3000)])
    const gaps = ({ samples }: typeof one) => {
      const [first, ...rest] = sent(samples)
      return rest.slice(0, 10).map((sample) => Math.round((sample.intendedMs - first!.intendedMs) * 1000))
    }
    expect(gaps(one)).toEqual(gaps(two))
    expect(new Set(gaps(one)).size).toBe(10)
  })

  it('drops what is over its ceiling, counts it and writes it down', async () => {
    const router = await serve(() => undefined)
    const { load, samples } = start(router, { maxInFlight: 5 })
    await systemClock.sleep(500)
    const live = load.pressure()
    const figures = await load.stop(0)

    expect(live).toMatchObject({ sent: 5 })
    expect(figures).toMatchObject({ sent: 5, dropped: figures.offered - 5 })
    const dropped = samples.filter((sample) => sample.outcome === 'dropped')
    expect(dropped.length).toBe(figures.dropped)
    expect(dropped[0]).toMatchObject({ id: 'm6', startedMs: null, endMs: null, class: null, status: null })
    expect(router.got.length).toBe(5)
  })

  it('gives up what takes longer than the client waits', async () => {
    const router = await serve((got, answer) => (got.n % 2 === 0 ? answerWell(got, answer) : undefined))
    const { load, samples } = start(router, { timeoutMs: 300 })
    await systemClock.sleep(700)
    await load.stop(3000)
    const outcomes = new Set(samples.map((sample) => sample.outcome))
    expect(outcomes).toEqual(new Set(['ok', 'timeout']))
  })

  it('drains at the stop, sends no more, and then gives up what is left as timeouts', async () => {
    const router = await serve((got, answer) => {
      if (got.n % 2 === 0) setTimeout(() => answerWell(got, answer), 250)
    })
    const { load, samples } = start(router, { perSecond: 20, timeoutMs: 60_000 })
    await systemClock.sleep(500)
    const gotBefore = load.pressure().offered
    const before = systemClock.now()
    const figures = await load.stop(800)
    expect(systemClock.now() - before).toBeGreaterThan(700)
    expect(systemClock.now() - before).toBeLessThan(10_000)

    expect(figures.offered - gotBefore).toBeLessThanOrEqual(3)
    expect(samples.length).toBe(figures.offered)
    const outcomes = samples.map((sample) => sample.outcome)
    expect(outcomes.filter((outcome) => outcome === 'ok').length).toBe(Math.floor(samples.length / 2))
    expect(outcomes.filter((outcome) => outcome === 'timeout').length).toBe(Math.ceil(samples.length / 2))
    await systemClock.sleep(200)
    expect(router.got.length).toBe(figures.sent)
  })

  it('stops without waiting longer than the last answer takes, and once', async () => {
    const router = await serve(answerWell)
    const { load } = start(router)
    await systemClock.sleep(200)
    const before = systemClock.now()
    const [one, two] = await Promise.all([load.stop(30_000), load.stop(0)])
    expect(systemClock.now() - before).toBeLessThan(10_000)
    expect(one).toBe(two)
  })

  it('tells its pressure while it runs', async () => {
    const router = await serve(answerWell)
    const { load } = start(router)
    await systemClock.sleep(500)
    const { offered, dispatchLagP99Ms, loopDelayP99Ms } = load.pressure()
    expect(offered).toBeGreaterThan(10)
    expect(dispatchLagP99Ms).toBeGreaterThan(0)
    expect(loopDelayP99Ms).toBeGreaterThanOrEqual(0)
  })

  it('writes no prompt text into a sample, whatever became of the request', async () => {
    const router = await serve((got, answer) => {
      const echo = {
        error: { message: `cannot do ${got.body.messages[0]!.content}`, type: CANARY, code: CANARY },
      }
      if (got.n % 3 === 0) sendJson(answer, 400, echo)
      else if (got.n % 3 === 1) answerWell(got, answer)
    })
    const { load, samples } = start(router, { timeoutMs: 200 })
    await systemClock.sleep(500)
    await load.stop(2000)
    expect(new Set(samples.map((sample) => sample.outcome))).toEqual(new Set(['ok', 'failed', 'timeout']))
    expect(JSON.stringify(samples)).not.toContain('CANARY')
  })
})

describe('the control lane', () => {
  it.each([
    ['takes its share of the rate', 0.2, 4, 0.8],
    ['is capped at one a second', 0.5, 50, 1],
  ])('%s', async (_, controlShare, perSecond, expectedPerSecond) => {
    const router = await serve(answerWell)
    const primary = await serve(answerWell)
    const { load, samples } = start(router, {
      perSecond,
      controlShare,
      primary: { url: primary.url, key: 'primary-key' },
    })
    await systemClock.sleep(1400)
    const figures = await load.stop(3000)

    const control = sent(samples.filter((sample) => sample.lane === 'control'))
    expect(control.map((sample) => sample.id)).toEqual(control.map((_sample, index) => `c${index + 1}`))
    expect(control.length).toBeGreaterThanOrEqual(Math.floor(1.4 * expectedPerSecond) + 1)
    expect(control.length).toBeLessThanOrEqual(Math.floor(1.4 * expectedPerSecond) + 3)
    expect(control[1]!.intendedMs - control[0]!.intendedMs).toBeCloseTo(1000 / expectedPerSecond, 6)
    expect(primary.got.length).toBe(control.length)
    expect(primary.got.every((got) => got.authorization === 'Bearer primary-key')).toBe(true)
    // The figures are of the main lane.
    expect(figures.offered).toBe(samples.length - control.length)
    expect(router.got.length).toBe(figures.offered)
  })

  it('keeps going when the main lane is at its ceiling', async () => {
    const router = await serve(() => undefined)
    const primary = await serve(answerWell)
    const { load, samples } = start(router, {
      controlShare: 0.5,
      maxInFlight: 1,
      primary: { url: primary.url, key: 'k' },
    })
    await systemClock.sleep(1200)
    await load.stop(0)
    const control = samples.filter((sample) => sample.lane === 'control')
    expect(control.map((sample) => sample.outcome)).toEqual(control.map(() => 'ok'))
    expect(control.length).toBeGreaterThanOrEqual(2)
  })

  it('is not there without a share', async () => {
    const router = await serve(answerWell)
    const { load, samples } = start(router, { controlShare: 0 })
    await systemClock.sleep(200)
    await load.stop(3000)
    expect(samples.some((sample) => sample.lane === 'control')).toBe(false)
  })
})

describe('a load that cannot be', () => {
  it.each([
    ['no rate', { perSecond: 0 }, 'LOAD_INVALID'],
    ['a rate that is no number', { perSecond: Number.NaN }, 'LOAD_INVALID'],
    ['no prompts', { prompts: [] }, 'LOAD_INVALID'],
    ['a router that has no address', { router: { url: 'nowhere', key: 'k' } }, 'ENDPOINT_INVALID'],
    ['a primary without a key', { primary: { url: 'http://127.0.0.1:9/v1', key: '' } }, 'ENDPOINT_INVALID'],
  ])('for %s is refused before anything is sent', async (_, options, code) => {
    const router = await serve(answerWell)
    expect(() => start(router, options)).toThrow(expect.objectContaining({ name: 'GamedayError', code }))
    expect(() => start(router, options)).toThrow(GamedayError)
    await systemClock.sleep(50)
    expect(router.got).toEqual([])
  })

  it('because its samples cannot be taken says so while it runs and at the stop', async () => {
    const router = await serve(answerWell)
    const onSample = () => {
      throw new Error('the disk is gone')
    }
    const { load } = start(router, { onSample })
    await systemClock.sleep(300)
    expect(() => load.pressure()).toThrow(InternalError)
    await expect(load.stop(1000)).rejects.toThrow(/the disk is gone/)
  })
})
