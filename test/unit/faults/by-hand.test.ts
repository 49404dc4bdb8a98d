import { describe, expect, it } from 'vitest'
import { createFault, type Evidence, type HandSite } from '../../../src/faults/index.ts'
import { faultSite } from '../../support/fault-site.ts'
import { attempt, sample } from '../../support/sample.ts'
import { testClock } from '../../support/test-clock.ts'

const NOBODY = 'http://127.0.0.1:1'
const SIMULATED: HandSite['provider'] = {
  name: 'simulated-primary',
  kind: 'simulated',
  model: 'm',
  url: NOBODY,
  keyVariable: null,
  consoleUrl: `${NOBODY}/vendor/x/primary/key`,
}
const REAL: HandSite['provider'] = {
  ...SIMULATED,
  name: 'acme',
  kind: 'real',
  keyVariable: 'ACME_KEY',
  consoleUrl: null,
}

/** A key that a hand revokes and restores whenever the test says so, on a clock that stands still. */
function bench({
  provider = SIMULATED,
  script = null,
  steps,
}: Partial<HandSite> & { steps?: string[] } = {}) {
  const clock = testClock()
  const startMs = clock.now()
  const state = { revoked: false, probes: [] as number[] }
  const told: string[] = []
  const hand: HandSite = {
    clock,
    untilMs: startMs + 10_000,
    provider,
    script,
    asked: (to, lines) => told.push(`asked to ${to}`, ...lines),
    done: (to, lastMs) => told.push(`${to} done, last ${lastMs - startMs}`),
  }
  const site = faultSite({
    hand,
    clock,
    probe: async () => {
      state.probes.push(clock.now() - startMs)
      return state.revoked
        ? sample({ id: 'p1', outcome: 'failed', class: 'credential', status: 401 })
        : sample({ id: 'p1' })
    },
  })
  const spec = { kind: 'by-hand', probeEvery: 1000, ...(steps === undefined ? {} : { steps }) } as const
  return { fault: createFault(site, spec), clock, state, told, startMs }
}

describe('a key that is revoked by hand', () => {
  it('is in force from its first refusal on, and may have been since it was last accepted', async () => {
    const { fault, clock, state, told, startMs } = bench({ steps: ['Click it away.'] })
    const applied = fault.apply(new AbortController().signal)
    await clock.advance(2500)
    state.revoked = true
    await clock.advance(1000)
    expect(await applied).toEqual({ sinceMs: startMs + 2000 })
    expect(state.probes).toEqual([0, 1000, 2000, 3000])
    expect(told).toEqual([
      'asked to revoke',
      'Click it away.',
      `The console of this simulated vendor: curl -sS -X DELETE ${SIMULATED.consoleUrl}`,
      'revoke done, last 2000',
    ])
    expect(await fault.readBack()).toMatch(/was refused: 401 credential/)
  })

  it('is given up when nobody has done it by the end of its phase, and says to leave it', async () => {
    const { fault, clock } = bench()
    const applied = fault.apply().catch((error: unknown) => error)
    await clock.advance(11_000)
    expect(await applied).toMatchObject({
      code: 'NOT_DONE_BY_HAND',
      hint: expect.stringMatching(/Do not revoke it any more/),
    })
  })

  it('is not waited for any longer when the drill is stopped', async () => {
    const { fault, clock } = bench()
    const stopped = new AbortController()
    const applied = fault.apply(stopped.signal).catch((error: unknown) => error)
    await clock.advance(1500)
    stopped.abort('stopped')
    expect(await applied).toBe('stopped')
  })

  it('counts as vanished when it is accepted again before it is to be', async () => {
    const { fault, clock, state } = bench()
    state.revoked = true
    await fault.apply()
    await fault.readBack()
    state.revoked = false
    const again = fault.readBack().catch((error: unknown) => error)
    await clock.advance(1000)
    expect(await again).toMatchObject({ message: 'the key was accepted again' })
  })

  it('is restored by the hand that is asked once, however often it is looked at', async () => {
    const { fault, clock, state, told } = bench({ provider: REAL })
    state.revoked = true
    await fault.apply()
    const look = async () => {
      const looked = fault.revert().catch((error: unknown) => error)
      await clock.advance(1000)
      return looked
    }
    expect(await look()).toMatchObject({ message: expect.stringMatching(/not accepted again: credential/) })
    expect(await look()).toBeInstanceOf(Error)
    state.revoked = false
    expect(await look()).toBeUndefined()
    expect(await fault.proveGone()).toMatchObject({ proven: true })
    expect(told.filter((line) => line === 'asked to restore')).toHaveLength(1)
    expect(told.at(-1)).toMatch(/^restore done, last/)
    expect(told.join(' ')).toContain('the key of acme that $ACME_KEY holds')
  })

  it('is done by the script’s hand where nobody is there, but never at a real vendor', async () => {
    const script = { revoke: async () => undefined, restore: async () => undefined }
    await expect(bench({ provider: REAL, script }).fault.plan()).rejects.toMatchObject({
      code: 'HAND_MISSING',
    })
    expect(await bench({ script }).fault.plan()).toMatchObject({ change: { type: 'by-hand', withRun: true } })
  })

  it('has a plan that names the variable of the key, and never the key', async () => {
    expect(await bench({ provider: REAL }).fault.plan()).toMatchObject({
      change: {
        url: NOBODY,
        withRun: false,
        keyVariable: 'ACME_KEY',
        steps: [expect.stringContaining('enable')],
      },
      undo: [],
    })
  })

  const refused = attempt({ startMs: 10_100, failure: 'credential', status: 401, fault: null })
  const control = sample({
    id: 'c1',
    lane: 'control',
    intendedMs: 10_300,
    outcome: 'failed',
    class: 'credential',
  })
  const seen = (attempts: Evidence['attempts']): Evidence => ({
    target: 'primary',
    inForceMs: 10_000,
    samples: [control],
    attempts,
  })

  it.each([
    { name: 'by a refusal of the provider itself', attempts: [refused], proven: true },
    {
      name: 'not by one that a fault of the gate made',
      attempts: [{ ...refused, fault: 'x' }],
      proven: false,
    },
    {
      name: 'not by another failure',
      attempts: [{ ...refused, failure: 'overloaded' as const }],
      proven: false,
    },
  ])('is proven $name', ({ attempts, proven }) => {
    expect(bench().fault.prove(seen(attempts)).proven).toBe(proven)
  })
})
