import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { secondToxic, type UndoPlan } from '../../../src/record/index.ts'
import { byHand, undoChange, undoneEvent, vanished } from '../../../src/rollback/index.ts'
import type { Undone } from '../../../src/rollback/undo/undone.ts'
import { startToxiproxyServer, type ProxyState, type ToxiproxyControl } from '../../../src/toxiproxy/index.ts'
import { TOKEN, testGate } from '../../support/providers-gate.ts'
import {
  foundAs,
  gateFault,
  proxyCreated,
  proxyDisabled,
  RUN,
  TOXIC,
  toxicAdded,
} from '../../support/rollback-plans.ts'
import {
  httpServer,
  refusingUrl,
  relayTo,
  silentServer,
  tcpServer,
  toxiproxyScene,
} from '../../support/rollback-servers.ts'
import { toxic } from '../../support/toxiproxy-bench.ts'

/** As `gameday recover` does it, some day, and as the watchdog does, at once. */
const LATER = { timeoutMs: 5000, runnerGone: true, fresh: false, rewrite: () => undefined }
const AT_ONCE = { ...LATER, fresh: true }
const SOON = { ...LATER, timeoutMs: 1000 }
/** For servers that never answer anything. */
const IN_VAIN = { ...LATER, timeoutMs: 100 }
/** However busy this machine is, what is bounded by these limits has ended by then. */
const NOT_A_HANG_MS = 8000

const scene = () => toxiproxyScene(onTestFinished)
const urlOf = ({ listen }: ProxyState) => `http://${listen}/`
const slow = (name: string) => toxic('latency', { latency: 1, jitter: 0 }, { name })

async function proofOf(undone: Undone | Promise<Undone>): Promise<string> {
  const came = await undone
  expect(came).toMatchObject({ state: 'gone' })
  return came.state === 'gone' ? came.proof : ''
}

async function tookMs<T>(work: Promise<T>): Promise<{ came: T; ms: number }> {
  const from = performance.now()
  const came = await work
  return { came, ms: performance.now() - from }
}

/** What a change of each kind does to the proxy of a scene, and its undo plan. */
const CHANGES: {
  kind: string
  make: (proxy: ProxyState, control: ToxiproxyControl, through: string | null) => Promise<UndoPlan>
}[] = [
  {
    kind: 'toxic-added',
    make: async (proxy, control, through) => {
      await control.addToxic(proxy.name, slow(TOXIC))
      return toxicAdded({ url: control.url, proxy: proxy.name, through }, foundAs(proxy))
    },
  },
  {
    kind: 'proxy-disabled',
    make: async (proxy, control, through) => {
      await control.setEnabled(proxy.name, false)
      return proxyDisabled({ url: control.url, proxy: proxy.name, through }, foundAs(proxy))
    },
  },
]

describe('undoing a change of a proxy', () => {
  it.each(CHANGES)('brings it back to what was found: $kind', async ({ make }) => {
    const { control, proxy } = await scene()
    await control.addToxic(proxy.name, slow('was-there-before'))
    const before = await control.getProxy(proxy.name)
    const plan = await make(before!, control, urlOf(proxy))
    expect(await control.getProxy(proxy.name)).not.toEqual(before)

    expect(await undoChange(plan, LATER)).toMatchObject({ state: 'gone', theirs: [] })
    expect(await control.getProxy(proxy.name)).toEqual(before)
  })

  it.each(CHANGES)('may be done twice: $kind', async ({ make }) => {
    const { control, proxy } = await scene()
    const plan = await make(proxy, control, null)
    const first = await undoChange(plan, LATER)
    const after = await control.getProxy(proxy.name)
    expect(await undoChange(plan, LATER)).toEqual(first)
    expect(await control.getProxy(proxy.name)).toEqual(after)
  })

  it.each(CHANGES)('leaves it disabled where it was found disabled: $kind', async ({ make }) => {
    const { control, proxy, upstream } = await scene()
    const found = await control.setEnabled(proxy.name, false)
    const plan = await make(found, control, urlOf(proxy))

    expect(await undoChange(plan, LATER)).toMatchObject({ state: 'gone', theirs: [] })
    expect(await control.getProxy(proxy.name)).toEqual(found)
    expect(upstream.asked).toEqual([])
  })

  it('asks nothing to be changed where nothing was: killed between record and apply', async () => {
    const { server, control, proxy } = await scene()
    const relay = await relayTo(server.url, onTestFinished)
    for (const plan of [
      toxicAdded({ url: relay.url, proxy: proxy.name }, foundAs(proxy)),
      proxyDisabled({ url: relay.url, proxy: proxy.name }, foundAs(proxy)),
    ])
      expect(await undoChange(plan, LATER)).toMatchObject({ state: 'gone', theirs: [] })
    expect(relay.asked.filter((call) => !call.startsWith('GET'))).toEqual([])
    expect(await control.getProxy(proxy.name)).toEqual(proxy)
  })

  it('takes a 404 for done: somebody was quicker', async () => {
    const { server, control, proxy } = await scene()
    await control.addToxic(proxy.name, slow(TOXIC))
    const relay = await relayTo(server.url, onTestFinished, async (call) => {
      if (call.startsWith('DELETE')) await control.removeToxic(proxy.name, TOXIC)
    })
    const plan = toxicAdded({ url: relay.url, proxy: proxy.name }, foundAs(proxy))
    plan.undo[0]!.expect = [204]
    expect(await proofOf(undoChange(plan, LATER))).toContain(`lists no toxic ${TOXIC}`)
  })

  it('says which call was refused, and with what', async () => {
    const { server, control, proxy } = await scene()
    await control.addToxic(proxy.name, slow(TOXIC))
    const plan = toxicAdded({ url: server.url, proxy: proxy.name }, foundAs(proxy))
    plan.undo[0]!.method = 'PUT'
    const undone = await undoChange(plan, LATER)
    expect(undone).toMatchObject({ state: 'unreachable' })
    expect(undone).toHaveProperty(
      'reason',
      expect.stringMatching(/^removes the toxic .*: PUT http.* answered 405/),
    )
  })

  it('does not believe a server that says yes and does nothing', async () => {
    const { proxy } = await scene()
    const toxics = [{ name: TOXIC, type: 'latency', stream: 'downstream', toxicity: 1, attributes: {} }]
    const liar = await httpServer((request, response) => {
      response.end(
        request.url === '/version'
          ? '{"version":"2.13.0"}'
          : JSON.stringify({ ...proxy, enabled: false, toxics }),
      )
    }, onTestFinished)
    const place = { url: liar.url, proxy: proxy.name }
    const addressed = proxyCreated(place, { upstream: proxy.upstream, address: proxy.listen })
    for (const plan of [toxicAdded(place, foundAs(proxy)), proxyDisabled(place, foundAs(proxy)), addressed])
      expect(await undoChange({ ...plan, undo: [{ ...plan.undo[0]!, expect: [200] }] }, LATER)).toMatchObject(
        {
          state: 'not-gone',
          reason: expect.stringContaining('still'),
        },
      )
  })
})

describe('a fault of two toxics', () => {
  it.each([[[TOXIC, secondToxic(TOXIC)]], [[TOXIC]], [[secondToxic(TOXIC)]]])(
    'is undone whichever of them is there: %j',
    async (there) => {
      const { server, control, proxy } = await scene()
      for (const name of there) await control.addToxic(proxy.name, slow(name))
      const plan = toxicAdded({ url: server.url, proxy: proxy.name }, foundAs(proxy))
      const [removal] = plan.undo
      const both = [{ ...removal!, url: `${removal!.url}-2` }, removal!]
      expect(await undoChange({ ...plan, undo: both }, LATER)).toMatchObject({ state: 'gone', theirs: [] })
      expect(await control.getProxy(proxy.name)).toEqual(proxy)
    },
  )
})

describe('what somebody else did to the same proxy meanwhile', () => {
  it.each<{
    what: string
    meddle: (
      control: ToxiproxyControl,
      name: string,
      call: (body: object) => Promise<unknown>,
    ) => Promise<unknown>
    said: RegExp
    left: object
  }>([
    {
      what: 'a toxic added',
      meddle: (control, name) => control.addToxic(name, slow('lunch')),
      said: /^somebody else put the toxic lunch on gameday-abc123-primary; left as it is$/,
      left: { toxics: [{ name: 'old' }, { name: 'lunch' }] },
    },
    {
      what: 'a toxic added whose name begins like ours',
      meddle: (control, name) => control.addToxic(name, slow(`${TOXIC}0`)),
      said: /^somebody else put the toxic abc123-f00 on gameday-abc123-primary; left as it is$/,
      left: { toxics: [{ name: 'old' }, { name: `${TOXIC}0` }] },
    },
    {
      what: 'a toxic removed',
      meddle: (control, name) => control.removeToxic(name, 'old'),
      said: /^somebody else removed the toxic old from gameday-abc123-primary; left as it is$/,
      left: { toxics: [] },
    },
    {
      what: 'disabled',
      meddle: (control, name) => control.setEnabled(name, false),
      said: /^somebody else disabled gameday-abc123-primary; left as it is$/,
      left: { enabled: false },
    },
    {
      what: 'another upstream',
      meddle: (_control, _name, call) => call({ upstream: '127.0.0.1:9' }),
      said: /^somebody else made gameday-abc123-primary lead to 127.0.0.1:9 instead of .*; left as it is$/,
      left: { upstream: '127.0.0.1:9' },
    },
    {
      what: 'another port',
      meddle: (_control, _name, call) => call({ listen: '127.0.0.1:0' }),
      said: /^somebody else made gameday-abc123-primary listen on .* instead of .*; left as it is$/,
      left: { enabled: true },
    },
  ])('is left and said beside a toxic of ours: $what', async ({ meddle, said, left }) => {
    const { server, control, proxy } = await scene()
    await control.addToxic(proxy.name, slow('old'))
    const before = await control.getProxy(proxy.name)
    await control.addToxic(proxy.name, slow(TOXIC))
    await meddle(control, proxy.name, (body) =>
      fetch(`${server.url}/proxies/${proxy.name}`, { method: 'POST', body: JSON.stringify(body) }),
    )
    const meddled = await control.getProxy(proxy.name)

    const undone = await undoChange(
      toxicAdded({ url: server.url, proxy: proxy.name }, foundAs(before!)),
      LATER,
    )
    expect(undone).toMatchObject({
      state: 'gone',
      theirs: [expect.stringMatching(said)],
    })
    const after = await control.getProxy(proxy.name)
    expect(after).toMatchObject(left)
    expect(after).toEqual({
      ...meddled,
      toxics: meddled!.toxics.filter(({ name }) => name !== TOXIC),
    })
  })

  it('is left and said beside a disabling of ours: a toxic added', async () => {
    const { control, proxy, place } = await scene()
    await control.setEnabled(proxy.name, false)
    await control.addToxic(proxy.name, slow('lunch'))
    expect(await undoChange(proxyDisabled(place, foundAs(proxy)), LATER)).toMatchObject({
      state: 'gone',
      theirs: ['somebody else put the toxic lunch on gameday-abc123-primary; left as it is'],
    })
    expect(await control.getProxy(proxy.name)).toMatchObject({ enabled: true, toxics: [{ name: 'lunch' }] })
  })

  it('is not disabled again where we had found it disabled and somebody else enabled it', async () => {
    const { control, proxy, place } = await scene()
    const found = await control.setEnabled(proxy.name, false)
    await control.setEnabled(proxy.name, true)
    expect(await undoChange(proxyDisabled(place, foundAs(found)), LATER)).toMatchObject({
      state: 'gone',
      theirs: ['somebody else enabled gameday-abc123-primary; left as it is'],
    })
    expect(await control.getProxy(proxy.name)).toMatchObject({ enabled: true })
  })

  it('does not reach any other proxy', async () => {
    const { server, control, proxy, place, upstream } = await scene()
    for (const name of ['theirs', 'gameday-elsewh-primary', `${proxy.name}2`]) {
      await control.createProxy({ name, listen: '127.0.0.1:0', upstream: upstream.address })
      await control.addToxic(name, slow(TOXIC))
    }
    await control.setEnabled('theirs', false)
    await control.addToxic(proxy.name, slow(TOXIC))
    const others = async () => (await control.listProxies()).filter(({ name }) => name !== proxy.name)
    const before = await others()

    const relay = await relayTo(server.url, onTestFinished)
    const here = { ...place, url: relay.url }
    await undoChange(toxicAdded(here, foundAs(proxy)), LATER)
    await undoChange(proxyDisabled(here, foundAs(proxy)), LATER)
    await undoChange(proxyCreated(here, { upstream: proxy.upstream, address: proxy.listen }), LATER)
    expect(await others()).toEqual(before)
    expect(relay.asked.filter((call) => /\/proxies\/(?!gameday-abc123-primary(\/|$))/.test(call))).toEqual([])
    expect(relay.asked.filter((call) => /\/(reset|populate)/.test(call))).toEqual([])
  })
})

describe('undoing a proxy that the run made', () => {
  const created = ({ name, upstream, listen }: ProxyState, url: string, address: string | null = listen) =>
    proxyCreated({ url, proxy: name }, { upstream, address })

  it.each([
    { what: 'as it was made', address: 'told' },
    { what: 'by a run that died before it heard where it listens', address: 'unknown' },
  ])('deletes it, and proves it by a 404 and a refused connection: $what', async ({ address }) => {
    const { server, control, proxy } = await scene()
    await control.addToxic(proxy.name, slow(TOXIC))
    const plan = created(proxy, server.url, address === 'told' ? proxy.listen : null)
    const proof = await proofOf(undoChange(plan, LATER))
    expect(proof).toBe(
      `Toxiproxy knows no proxy ${proxy.name} any more, and ${proxy.listen} takes no connections`,
    )
    expect(await control.getProxy(proxy.name)).toBeNull()
    await expect(fetch(urlOf(proxy))).rejects.toThrow('fetch failed')
    expect(await proofOf(undoChange(plan, LATER))).toContain(`knows no proxy ${proxy.name}`)
  })

  it('says whose toxics went with it, and not its own', async () => {
    const { server, control, proxy } = await scene()
    for (const name of [TOXIC, `${RUN}-f1`, 'lunch']) await control.addToxic(proxy.name, slow(name))
    expect(await undoChange(created(proxy, server.url), LATER)).toMatchObject({
      theirs: ['somebody else put the toxic lunch on gameday-abc123-primary; it went with the proxy'],
    })
  })

  it('leaves one of the same name that somebody made since, with another upstream', async () => {
    const { server, control, proxy } = await scene()
    await control.deleteProxy(proxy.name)
    const theirs = await control.createProxy({
      name: proxy.name,
      listen: '127.0.0.1:0',
      upstream: '127.0.0.1:9',
    })
    const undone = await undoChange(created(proxy, server.url), LATER)
    expect(undone).toMatchObject({ state: 'gone', theirs: [expect.stringContaining('it was left as it is')] })
    expect(await control.getProxy(proxy.name)).toEqual(theirs)
  })

  it('does not take it for gone while its address still takes connections', async () => {
    const { server, proxy } = await scene()
    const stranger = await silentServer(onTestFinished)
    expect(await undoChange(created(proxy, server.url, stranger.address), LATER)).toEqual({
      state: 'not-gone',
      reason: `there is no proxy ${proxy.name} any more, but ${stranger.address} still takes connections`,
    })
  })

  it.each([
    { who: 'the watchdog, which comes at once, says that it is not gone', tools: AT_ONCE, state: 'not-gone' },
    { who: 'recover, which may come days later, takes the 404 for proof', tools: LATER, state: 'gone' },
  ])('meets a listener where a proxy was that nobody knows any more: $who', async ({ tools, state }) => {
    const { server, control, proxy } = await scene()
    await control.deleteProxy(proxy.name)
    const stranger = await silentServer(onTestFinished)
    expect(await undoChange(created(proxy, server.url, stranger.address), tools)).toMatchObject({ state })
    expect(stranger.taken()).toBe(state === 'gone' ? 0 : 1)
  })

  it('goes on to prove a refused connection after somebody else has deleted it', async () => {
    const { server, control, proxy } = await scene()
    await control.deleteProxy(proxy.name)
    expect(await proofOf(undoChange(created(proxy, server.url), AT_ONCE))).toBe(
      `Toxiproxy at ${server.url} knows no proxy ${proxy.name}, and ${proxy.listen} takes no connections`,
    )
  })

  it('takes an address that hangs up at once for closed: a container’s published port does that', async () => {
    const { server, proxy } = await scene()
    const published = await tcpServer((socket) => socket.destroy(), onTestFinished)
    expect(await proofOf(undoChange(created(proxy, server.url, published), LATER))).toContain(
      `${published} takes no connections`,
    )
  })

  it('is not held up by an address that trickles bytes', async () => {
    const { server, proxy } = await scene()
    const trickle = await tcpServer((socket) => {
      const dripping = setInterval(() => socket.write('.'), 100)
      socket.on('close', () => clearInterval(dripping))
    }, onTestFinished)
    const { came, ms } = await tookMs(undoChange(created(proxy, server.url, trickle), LATER))
    expect(came).toMatchObject({ state: 'not-gone' })
    expect(ms).toBeLessThan(NOT_A_HANG_MS)
  })
})

describe('a server that is not there as it was', () => {
  const plansAt = (url: string) => [
    toxicAdded({ url, proxy: 'p' }),
    proxyDisabled({ url, proxy: 'p' }),
    proxyCreated({ url, proxy: 'p' }, { upstream: '127.0.0.1:9', address: '127.0.0.1:9' }),
    gateFault({ url, token: TOKEN, withRun: false }),
  ]

  it('whose port refuses is dead, and its memory with it', async () => {
    const url = await refusingUrl()
    for (const plan of plansAt(url)) {
      const why = `nothing listens at ${url} any more, and what was there was in its memory`
      expect(await undoChange(plan, LATER)).toEqual({ state: 'gone', proof: why, theirs: [] })
      expect(await vanished(plan, 1000)).toBe(why)
    }
  })

  it('that was restarted knows nothing of the proxy', async () => {
    const { server, control, proxy, place } = await scene()
    await control.addToxic(proxy.name, slow(TOXIC))
    const { host, port } = server
    await server.stop()
    const again = await startToxiproxyServer({ host, port, seed: 1, clock: systemClock })
    onTestFinished(() => again.stop())
    // A connection that the dead server closed may still be kept for the next call: this one finds out.
    await fetch(`${server.url}/version`).catch(() => undefined)

    for (const plan of plansAt(server.url).slice(0, 3)) {
      expect(await proofOf(undoChange(plan, LATER))).toBe(`Toxiproxy at ${place.url} knows no proxy p`)
      expect(await vanished(plan, 1000)).toBe(`Toxiproxy at ${place.url} knows no proxy p`)
    }
  })

  it('that takes the call and never answers is unreachable within the limit, and may hold the change', async () => {
    const { url } = await silentServer(onTestFinished)
    for (const plan of plansAt(url)) {
      const { came, ms } = await tookMs(undoChange(plan, IN_VAIN))
      expect(came).toMatchObject({ state: 'unreachable' })
      expect(ms).toBeLessThan(NOT_A_HANG_MS)
      expect(await vanished(plan, IN_VAIN.timeoutMs)).toBeNull()
    }
  })

  it('is a stranger’s by now: it is asked, and told to change nothing', async () => {
    const stranger = await httpServer(
      (_request, response) => response.end('<h1>lunch menu</h1>'),
      onTestFinished,
    )
    for (const plan of plansAt(stranger.url).slice(0, 3)) {
      expect(await undoChange(plan, LATER)).toMatchObject({ state: 'unreachable' })
      expect(await vanished(plan, 1000)).toBeNull()
    }
    expect(stranger.asked.filter((call) => !call.startsWith('GET'))).toEqual([])
    expect(stranger.asked.length).toBeGreaterThan(0)
  })

  it('still has the change: then nothing has vanished', async () => {
    const { control, proxy, place } = await scene()
    await control.addToxic(proxy.name, slow(TOXIC))
    expect(await vanished(toxicAdded(place, foundAs(proxy)), 1000)).toBeNull()
  })
})

describe('what was in the memory of the run’s own process', () => {
  const ownPlans = (url: string) => {
    const place = { url, proxy: 'p', withRun: true, through: `${url}/` }
    return [
      toxicAdded(place),
      proxyDisabled(place),
      proxyCreated(place, { upstream: '127.0.0.1:9', address: url.replace('http://', '') }),
      gateFault({ url, token: TOKEN }),
    ]
  }

  it('is gone with it, and nobody is asked: the port may be a stranger’s', async () => {
    const stranger = await silentServer(onTestFinished)
    for (const plan of ownPlans(stranger.url))
      expect(await undoChange(plan, LATER)).toEqual({
        state: 'gone',
        proof: 'it was in the memory of the run’s own process, which is dead',
        theirs: [],
      })
    expect(stranger.taken()).toBe(0)
  })

  it('is asked for while the process lives', async () => {
    const own = await silentServer(onTestFinished)
    for (const plan of ownPlans(own.url))
      expect(await undoChange(plan, { ...AT_ONCE, timeoutMs: 100, runnerGone: false })).toMatchObject({
        state: 'unreachable',
      })
    expect(own.taken()).toBeGreaterThanOrEqual(4)
  })
})

describe('a path that outlives the run', () => {
  it.each(
    CHANGES.flatMap(({ kind, make }) => [200, 302, 401, 404, 503].map((status) => ({ kind, make, status }))),
  )(
    'is whole again when a request through it is answered, whatever with: $kind, $status',
    async ({ make, status }) => {
      const { control, proxy } = await scene()
      const provider = await httpServer((_request, response) => {
        response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end()
      }, onTestFinished)
      const path = await control.createProxy({
        name: 'path',
        listen: proxy.listen.replace(/\d+$/, '0'),
        upstream: provider.address,
      })
      const plan = await make(path, control, urlOf(path))
      expect(await proofOf(undoChange(plan, LATER))).toContain(
        `and a request through it was answered with ${status}`,
      )
      expect(provider.asked).toEqual(['GET /'])
    },
  )

  it('is whole again when an answer begins, however long it goes on', async () => {
    const { control } = await scene()
    const streaming = await httpServer(
      (_request, response) => void response.write('data: and on\n\n'),
      onTestFinished,
    )
    const path = await control.createProxy({
      name: 'path',
      listen: '127.0.0.1:0',
      upstream: streaming.address,
    })
    const plan = toxicAdded({ url: control.url, proxy: 'path', through: urlOf(path) }, foundAs(path))
    expect(await proofOf(undoChange(plan, SOON))).toContain('was answered with 200')
  })

  it.each([
    { what: 'the provider is dead', provider: async () => (await refusingUrl()).replace('http://', '') },
    {
      what: 'the provider never answers',
      provider: async () => (await silentServer(onTestFinished)).address,
    },
  ])('is not whole when no answer comes: $what', async ({ provider }) => {
    const { control } = await scene()
    const path = await control.createProxy({
      name: 'path',
      listen: '127.0.0.1:0',
      upstream: await provider(),
    })
    for (const { make } of CHANGES) {
      const plan = await make(path, control, urlOf(path))
      const { came, ms } = await tookMs(undoChange(plan, SOON))
      expect(came).toMatchObject({
        state: 'not-gone',
        reason: expect.stringContaining('but a request through path got no answer'),
      })
      expect(ms).toBeLessThan(NOT_A_HANG_MS)
    }
  })
})

describe('a fault of the gate', () => {
  const revoke = {
    provider: 'primary',
    fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 },
    capMs: 60_000,
  } as const
  const NOW = { ...AT_ONCE, runnerGone: false }

  it('is removed by its name, and the others stay', async () => {
    const { gate, control, ask } = await testGate()
    await control.apply({ id: TOXIC, ...revoke })
    await control.apply({ id: 'another', ...revoke, provider: 'secondary' })
    expect((await ask()).status).toBe(401)
    const plan = gateFault({ url: gate.controlUrl, token: TOKEN })

    expect(await undoChange(plan, NOW)).toEqual({
      state: 'gone',
      proof: `the gate at ${gate.controlUrl} lists no fault ${TOXIC}`,
      theirs: [],
    })
    expect((await control.state()).faults.map(({ id }) => id)).toEqual(['another'])
    expect((await ask()).status).toBe(200)
    expect(await undoChange(plan, NOW)).toMatchObject({ state: 'gone' })
  })

  it('is not gone by being asked with another’s token', async () => {
    const { gate, control } = await testGate()
    await control.apply({ id: TOXIC, ...revoke })
    expect(await undoChange(gateFault({ url: gate.controlUrl, token: 'nope' }), NOW)).toMatchObject({
      state: 'unreachable',
      reason: `what answers at ${gate.controlUrl} is not the gate of this run`,
    })
    expect((await control.state()).faults).toHaveLength(1)
  })

  it.each([
    {
      what: 'lists it all the time',
      body: { faults: [{ id: TOXIC }] },
      state: 'not-gone',
      reason: 'still lists the fault',
    },
    { what: 'is none', body: { menu: 'soup' }, state: 'unreachable', reason: 'is not the gate of this run' },
  ])('is not gone when what answers $what', async ({ body, state, reason }) => {
    const gate = await httpServer((_request, response) => response.end(JSON.stringify(body)), onTestFinished)
    const plan = gateFault({ url: gate.url, token: TOKEN })
    plan.undo[0]!.expect = [200]
    expect(await undoChange(plan, NOW)).toMatchObject({ state, reason: expect.stringContaining(reason) })
  })
})

describe('what the records say of an undoing', () => {
  const plan = toxicAdded({ url: 'http://127.0.0.1:1', proxy: 'p' })
  it.each<{ undone: Undone; event: object }>([
    { undone: { state: 'gone', proof: 'it is', theirs: [] }, event: { proven: true, detail: 'it is' } },
    {
      undone: { state: 'gone', proof: 'it is', theirs: ['lunch'] },
      event: { proven: true, detail: 'it is', theirs: ['lunch'] },
    },
    { undone: { state: 'not-gone', reason: 'still' }, event: { proven: false, detail: 'still' } },
    { undone: { state: 'unreachable', reason: 'mute' }, event: { proven: false, detail: 'mute' } },
  ])('is proven only when it is: $undone.state', ({ undone, event }) => {
    expect(undoneEvent(plan, undone, 'watchdog')).toEqual({
      type: 'rollback.undone',
      plan: TOXIC,
      by: 'watchdog',
      ...event,
    })
  })
})

describe('a router that the run killed', () => {
  const plan: UndoPlan = {
    ...gateFault({ url: 'http://127.0.0.1:1', token: 'x' }),
    change: { type: 'router-killed', url: 'http://127.0.0.1:1/v1', withRun: true },
    undo: [],
  }
  it('is nobody else’s to start again while the run lives, and gone with it', async () => {
    expect(await undoChange(plan, { ...LATER, runnerGone: false })).toMatchObject({
      state: 'unreachable',
      reason: expect.stringMatching(/only the run itself can start its router again/),
    })
    expect(await vanished(plan, 100)).toBeNull()
    expect(await proofOf(undoChange(plan, LATER))).toMatch(/own process, which is dead/)
  })
})

describe('a key that a hand revoked at a real vendor', () => {
  const planAt = (url: string): UndoPlan => ({
    ...gateFault({ url, token: 'x' }),
    change: {
      type: 'by-hand',
      url: `${url}/v1`,
      withRun: false,
      provider: 'acme',
      model: 'm',
      keyVariable: 'ACME_KEY',
      steps: ['Enable it again.'],
    },
    undo: [],
  })
  const env = { ACME_KEY: 'sk-real-canary-51' }

  it('is proven to work again by one request with it', async () => {
    let sent: unknown
    const vendor = await httpServer((request, response) => {
      sent = request.headers.authorization
      response.end('{}')
    }, onTestFinished)
    expect(await proofOf(undoChange(planAt(vendor.url), { ...LATER, env }))).toMatch(
      /acme accepted the key again/,
    )
    expect(vendor.asked).toEqual(['POST /v1/chat/completions'])
    expect(sent).toBe('Bearer sk-real-canary-51')
  })

  it.each([
    {
      name: 'while it is refused',
      more: { env },
      state: 'not-gone',
      reason: /with 401; only a hand can undo it: Enable it again\./,
    },
    {
      name: 'without its variable',
      more: { env: {} },
      state: 'unreachable',
      reason: /^set ACME_KEY, so that it can be proven/,
    },
    {
      name: 'by the watchdog, which has no key',
      more: {},
      state: 'unreachable',
      reason: /^only a hand can undo it/,
    },
  ])('is not proven $name', async ({ more, state, reason }) => {
    const vendor = await httpServer((_request, response) => response.writeHead(401).end('{}'), onTestFinished)
    const plan = planAt(vendor.url)
    const undone = await undoChange(plan, { ...LATER, ...more })
    expect(undone).toMatchObject({ state, reason: expect.stringMatching(reason) })
    expect(JSON.stringify([plan, undone])).not.toContain('sk-real-canary')
    expect(byHand(plan)).toEqual(['# Enable it again.'])
  })
})
