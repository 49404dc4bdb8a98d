import { describe, expect, it, onTestFinished } from 'vitest'
import type { UndoPlan } from '../../../src/record/index.ts'
import { sweep } from '../../../src/rollback/index.ts'
import { hurryingClock } from '../../support/rollback-clock.ts'
import { foundAs, proxyCreated, proxyDisabled, RUN, TOXIC, toxicAdded } from '../../support/rollback-plans.ts'
import { httpServer, refusingUrl, relayTo, toxiproxyScene } from '../../support/rollback-servers.ts'
import { toxic } from '../../support/toxiproxy-bench.ts'

const slow = (name: string) => toxic('latency', { latency: 1, jitter: 0 }, { name })
const scene = () => toxiproxyScene(onTestFinished)

const AGAIN = 250
const LOOK_TWICE = 300
const NOT_FOUND = '{"error":"proxy not found","status":404}'

/** Sweeps, and says what came of each plan, in order, and which pauses were made. */
async function swept(
  plans: UndoPlan[],
  {
    patienceMs = 0,
    runnerGone = true,
    meanwhile,
  }: { patienceMs?: number; runnerGone?: boolean; meanwhile?: Parameters<typeof hurryingClock>[0] } = {},
) {
  const clock = hurryingClock(meanwhile)
  const said: string[] = []
  const came: string[] = []
  await sweep(plans, {
    clock,
    patienceMs,
    runnerGone,
    timeoutMs: 5000,
    fresh: true,
    rewrite: () => undefined,
    onUndone: ({ id }, undone) => {
      said.push(`${id} ${undone.state} after ${clock.slept.length} pauses`)
      came.push(undone.state === 'gone' ? undone.proof : undone.reason)
    },
  })
  return { said, came, slept: clock.slept }
}

/** A server that answers so, one after the other, then always as the last. */
const answering = (...answers: [number, string][]) =>
  httpServer((_request, response) => {
    const [status, text] = answers.length > 1 ? answers.shift()! : answers[0]!
    response.writeHead(status).end(text)
  }, onTestFinished)

describe('undoing all that a run changed', () => {
  it('begins with what it made, then goes back in reverse order of doing, whatever the wall clock said', async () => {
    const { server, control, proxy, place } = await scene()
    const relay = await relayTo(server.url, onTestFinished)
    const here = { ...place, url: relay.url }
    const faults = [2, 10, 1, 0].map((n) =>
      toxicAdded(here, foundAs(proxy), {
        toxic: `${RUN}-f${n}`,
        writtenAt: `2026-11-20T1${n % 10}:00:00.000Z`,
      }),
    )
    await control.addToxic(proxy.name, slow(TOXIC))
    const created = proxyCreated(here, { upstream: proxy.upstream, address: proxy.listen })
    const { said } = await swept([...faults, created])
    expect(said.map((line) => line.split(' ')[0])).toEqual([
      `${RUN}-s0`,
      `${RUN}-f10`,
      `${RUN}-f2`,
      `${RUN}-f1`,
      `${RUN}-f0`,
    ])
    expect(relay.asked.filter((call) => !call.startsWith('GET'))).toEqual([`DELETE /proxies/${proxy.name}`])
  })

  it('brings back what was found by the first of two changes of the same thing', async () => {
    const { control, proxy, place } = await scene()
    const found = foundAs(proxy)
    const disabled = foundAs(await control.setEnabled(proxy.name, false))
    await swept([
      proxyDisabled(place, found, { id: `${RUN}-f0` }),
      proxyDisabled(place, disabled, { id: `${RUN}-f1` }),
    ])
    expect(await control.getProxy(proxy.name)).toEqual(proxy)
  })

  it('tries again until it is proven, and says so once', async () => {
    const server = await answering([503, 'busy'], [503, 'busy'], [404, NOT_FOUND])
    const { said, slept } = await swept([toxicAdded({ url: server.url, proxy: 'p' })], { patienceMs: 60_000 })
    expect(said).toEqual([`${TOXIC} gone after 3 pauses`])
    expect(slept).toEqual([AGAIN, AGAIN, LOOK_TWICE])
  })

  it('gives up when its patience ends, says each once, and has undone the others meanwhile', async () => {
    const { control, proxy, place } = await scene()
    await control.addToxic(proxy.name, slow(TOXIC))
    const deaf = await answering([500, 'no'])
    const { said, slept } = await swept(
      [
        proxyCreated({ url: deaf.url, proxy: 'p' }, { upstream: 'u:1', address: null }),
        toxicAdded(place, foundAs(proxy)),
        toxicAdded({ url: deaf.url, proxy: 'p' }, undefined, { toxic: `${RUN}-f9` }),
      ],
      { patienceMs: 900 },
    )
    expect(said).toEqual([
      `${TOXIC} gone after 1 pauses`,
      `${RUN}-s0 unreachable after 3 pauses`,
      `${RUN}-f9 unreachable after 3 pauses`,
    ])
    expect(slept).toEqual([LOOK_TWICE, AGAIN, AGAIN])
    expect((await control.getProxy(proxy.name))?.toxics).toEqual([])
  })
})

describe('a call that nobody waits for any more and that is carried out late', () => {
  it.each([
    { who: 'a dead run', runnerGone: true, address: '127.0.0.1:1' },
    { who: 'a run that never heard whether it was made', runnerGone: false, address: null },
  ])('is undone as well: a proxy of $who', async ({ runnerGone, address }) => {
    const { control, proxy, place } = await scene()
    await control.deleteProxy(proxy.name)
    const plan = proxyCreated(place, { upstream: proxy.upstream, address })
    const { said, slept } = await swept([plan], {
      runnerGone,
      meanwhile: () => control.createProxy({ ...proxy, listen: '127.0.0.1:0' }),
    })
    expect(said).toEqual([`${RUN}-s0 gone after 1 pauses`])
    expect(slept).toEqual([LOOK_TWICE])
    expect(await control.listProxies()).toEqual([])
  })

  it('is undone as well: a toxic of a dead run', async () => {
    const { control, proxy, place } = await scene()
    const { said } = await swept([toxicAdded(place, foundAs(proxy))], {
      meanwhile: () => control.addToxic(proxy.name, slow(TOXIC)),
    })
    expect(said).toEqual([`${TOXIC} gone after 1 pauses`])
    expect(await control.getProxy(proxy.name)).toEqual(proxy)
  })

  it.each([
    {
      what: 'a run that lives has heard of all it did',
      runnerGone: false,
      plans: async (url: string) => [
        proxyCreated({ url, proxy: 'p' }, { upstream: 'u:1', address: '127.0.0.1:1' }),
        toxicAdded({ url, proxy: 'p' }),
      ],
    },
    {
      what: 'what was in the memory of a dead process went with it',
      runnerGone: true,
      plans: async (url: string) => [toxicAdded({ url, proxy: 'p', withRun: true })],
    },
  ])('is not waited for where there can be none: $what', async ({ runnerGone, plans }) => {
    const { said, slept } = await swept(await plans(await refusingUrl()), { runnerGone })
    expect(said.every((line) => line.endsWith('gone after 0 pauses'))).toBe(true)
    expect(slept).toEqual([])
  })

  it('is waited for once, and not once for each change', async () => {
    const url = await refusingUrl()
    const plans = [0, 1, 2].map((n) => toxicAdded({ url, proxy: 'p' }, undefined, { toxic: `${RUN}-f${n}` }))
    expect((await swept(plans)).slept).toEqual([LOOK_TWICE])
  })

  it('leaves the proof of the first look, which saw what was there', async () => {
    const { control, proxy, place } = await scene()
    await control.addToxic(proxy.name, slow('lunch'))
    const { came } = await swept([proxyCreated(place, { upstream: proxy.upstream, address: proxy.listen })])
    expect(came).toEqual([
      `Toxiproxy knows no proxy ${proxy.name} any more, and ${proxy.listen} takes no connections`,
    ])
  })

  it('is not proven gone while the second look fails', async () => {
    const url = (await answering([404, NOT_FOUND], [500, 'lost my mind'])).url
    const plan = toxicAdded({ url, proxy: 'p' })
    const { said, came } = await swept([plan])
    expect(said).toEqual([`${TOXIC} unreachable after 1 pauses`])
    expect(came[0]).toContain('lost my mind')
  })
})
