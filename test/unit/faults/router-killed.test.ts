import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFault, type Evidence, type FaultSite, type RouterSite } from '../../../src/faults/index.ts'
import { faultSite } from '../../support/fault-site.ts'
import { sample } from '../../support/sample.ts'

const NOBODY = 'http://127.0.0.1:1'
const spec = { kind: 'router-killed', bypassAfter: 5000 } as const

const siteOf = (router?: Partial<RouterSite>): FaultSite => ({
  ...faultSite({ id: 'abc-f0', toxiproxyKind: 'embedded', proxy: 'p' }),
  ...(router === undefined
    ? {}
    : {
        router: {
          url: `${NOBODY}/v1`,
          hands: { state: 'killed', kill: async () => undefined, start: async () => undefined },
          probe: async () => sample({ id: 'p1' }),
          servedBy: async () => 'primary',
          ...router,
        },
      }),
})
const made = (router: Partial<RouterSite> = {}) => createFault(siteOf(router), spec)
const hands = (state: 'routing' | 'bypassed') => ({
  state,
  kill: async () => undefined,
  start: async () => undefined,
})

const refused = (n: number) =>
  sample({ id: `m${n}`, intendedMs: 10_000 + n, servedBy: null, outcome: 'failed', class: 'connection' })
const ok = sample({ id: 'm9', intendedMs: 15_000 })
const control = sample({ id: 'c1', lane: 'control', intendedMs: 10_500 })
const evidence = (...samples: Evidence['samples']): Evidence => ({
  target: 'router',
  inForceMs: 10_000,
  samples,
  attempts: [],
})

describe('a killed router', () => {
  it('is refused where the router is another’s, which nothing here could start again', () => {
    expect(() => createFault(siteOf(), spec)).toThrow(/not gameday’s own, so it could not be started again/)
  })

  it('is in force while nothing listens, or while it is bypassed', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    expect(await made().readBack()).toMatch(/nothing listens/)
    expect(await made({ url, hands: hands('bypassed') }).readBack()).toMatch(/is bypassed/)
    await expect(made({ url }).readBack()).rejects.toThrow(/something still listens/)
  })

  it.each([
    {
      name: 'with the bypass that came later',
      seen: evidence(ok, refused(3), refused(1), refused(2), control),
    },
    { name: 'before any bypass', seen: evidence(refused(1), refused(2), refused(3), control) },
  ])('is proven by refusals in a row beside an answered control lane, $name', ({ seen }) => {
    expect(made().prove(seen)).toEqual({
      proven: true,
      proof: expect.stringMatching(/^3 marked requests in a row were refused at the router/),
      evidence: ['m1', 'm2', 'm3', 'c1'],
    })
  })

  it.each([
    {
      name: 'by too few',
      seen: evidence(refused(1), refused(2), control),
      reason: /2 marked requests were refused/,
    },
    {
      name: 'while one succeeds in between',
      seen: evidence(refused(1), { ...ok, startedMs: 10_001.5 }, refused(2), refused(3), control),
      reason: /1 marked requests were refused/,
    },
    {
      name: 'where the provider did not answer either',
      seen: evidence(refused(1), refused(2), refused(3), { ...control, outcome: 'failed' as const }),
      reason: /was not answered either/,
    },
  ])('is not proven $name', ({ seen, reason }) => {
    expect(made().prove(seen)).toEqual({ proven: false, reason: expect.stringMatching(reason) })
  })

  it('is gone when it routes again and a request through it was seen at the primary', async () => {
    const routing = { hands: hands('routing') }
    expect(await made(routing).proveGone()).toMatchObject({ proven: true, evidence: ['p1'] })
    expect(await made({ hands: hands('bypassed') }).proveGone()).toMatchObject({
      reason: expect.stringMatching(/still bypassed/),
    })
    expect(await made({ ...routing, servedBy: async () => null }).proveGone()).toMatchObject({
      reason: expect.stringMatching(/no gate saw it/),
    })
  })
})
