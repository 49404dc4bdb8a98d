import { describe, expect, it } from 'vitest'
import type { FaultSpec } from '../../../src/drill/index.ts'
import { createFault, type Evidence } from '../../../src/faults/index.ts'
import type { Attempt, Sample } from '../../../src/record/index.ts'
import { faultSite } from '../../support/fault-site.ts'
import { attempt, sample } from '../../support/sample.ts'
import { testClock } from '../../support/test-clock.ts'

const site = faultSite()
const inForceMs = 10_000

const prove = (spec: FaultSpec, samples: Sample[], attempts: Attempt[] = []) =>
  createFault(site, spec).prove({ target: 'primary', inForceMs, samples, attempts } satisfies Evidence)

const main = (changes: Partial<Sample>) => sample({ id: 'm7', intendedMs: 10_200, ...changes })
const control = (changes: Partial<Sample>) =>
  sample({ id: 'c1', lane: 'control', intendedMs: 10_300, ...changes })
const lost = {
  outcome: 'failed',
  class: 'connection',
  firstTokenMs: null,
  servedBy: null,
  tag: null,
} as const
const timedOut = {
  outcome: 'timeout',
  class: 'timeout',
  firstTokenMs: null,
  servedBy: null,
  tag: null,
} as const
const elsewhere = main({ servedBy: 'secondary' })
const served = main({})
const servedControl = control({})

/** The answer left the gate at 10,400 and was whole at its caller so much later. */
const lateBy = (lateMs: number, of: Sample, tag: string): { sample: Sample; attempt: Attempt } => ({
  sample: { ...of, tag, endMs: 10_400 + lateMs, firstTokenMs: 10_400 + lateMs },
  attempt: attempt({ requestId: of.id, tag, startMs: 10_210, endMs: 10_400 }),
})

const hole: FaultSpec = { kind: 'black-hole', share: 1 }
const reset: FaultSpec = { kind: 'reset', share: 1 }
const cut: FaultSpec = { kind: 'cut-after', bytes: 3000, share: 1 }
const midAnswer: FaultSpec = { kind: 'reset-mid-answer', bytes: 1000, share: 1 }
const slow: FaultSpec = { kind: 'throttle', rate: 1000, share: 1 }
const sliced: FaultSpec = { kind: 'sliced', size: 64, variation: 0, delay: 50, share: 1 }
const close: FaultSpec = { kind: 'slow-close', delay: 3000, share: 1 }
const some: FaultSpec = { kind: 'reset', share: 0.3 }

describe('a fault of the network is proven by what came back', () => {
  it.each([
    {
      spec: hole,
      samples: [elsewhere, control(timedOut)],
      proof: /none of 1 marked requests was served by the primary; /,
    },
    { spec: hole, samples: [main(timedOut), control(lost)], proof: /none of 1/ },
    { spec: reset, samples: [elsewhere, control(lost)], proof: /none of 1 marked requests/ },
    {
      spec: cut,
      samples: [served, main(lost), control(lost)],
      proof: /1 of 2 marked requests were not served by the primary; /,
    },
    {
      spec: midAnswer,
      samples: [served, elsewhere, control({ ...lost, outcome: 'truncated', class: 'truncated' })],
      proof: /1 of 2/,
    },
    { spec: some, samples: [served, served, elsewhere, control(lost)], proof: /1 of 3 marked requests/ },
    {
      spec: close,
      samples: [main({ endMs: 13_300 }), control({ endMs: 13_400 })],
      proof: /not served by the primary within 3000 ms/,
    },
  ])('$spec.kind, $proof', ({ spec, samples, proof }) => {
    expect(prove(spec, samples)).toMatchObject({ proven: true, proof: expect.stringMatching(proof) })
  })

  it.each([
    // 500 bytes at 1 kB/s take half a second; seven pieces of 64 bytes have six pauses between them.
    { spec: slow, leastMs: 500 },
    { spec: sliced, leastMs: 300 },
    { spec: { ...slow, rate: 1_000_000 }, leastMs: 100 },
  ] satisfies { spec: FaultSpec; leastMs: number }[])(
    '$spec.kind by how late an answer was after its gate: $leastMs ms',
    ({ spec, leastMs }) => {
      const seen = (mainMs: number, controlMs: number) => {
        const all = [lateBy(mainMs, served, 'a'), lateBy(controlMs, servedControl, 'b')]
        return prove(
          spec,
          all.map((one) => one.sample),
          all.map((one) => one.attempt),
        )
      }
      expect(seen(leastMs, leastMs)).toMatchObject({ proven: true })
      expect(seen(leastMs - 1, leastMs)).toMatchObject({ proven: false })
      expect(seen(leastMs, leastMs - 1)).toMatchObject({ proven: false })
    },
  )

  it('and an answer whose attempt is not known is none that was held up', () => {
    const { sample: late } = lateBy(9000, served, 'a')
    expect(prove(slow, [late, control(timedOut)])).toMatchObject({
      proven: false,
      reason: expect.stringMatching(/still served by the primary within 500 ms of leaving its gate/),
    })
  })
})

describe('a fault of the network that does not show says why', () => {
  it.each([
    {
      name: 'no traffic',
      spec: hole,
      samples: [control(timedOut)],
      reason: /no request of the load has ended yet that was sent since/,
    },
    {
      name: 'only requests from before',
      spec: hole,
      samples: [main({ startedMs: 9000 }), control(timedOut)],
      reason: /no request of the load has ended yet/,
    },
    {
      name: 'a control lane that still waits',
      spec: hole,
      samples: [elsewhere],
      reason: /control lane did not feel it: no request of its own has ended yet that was sent since/,
    },
    {
      name: 'a router whose connections escape',
      spec: reset,
      samples: [served, control(lost)],
      reason:
        /1 requests of the load were still served by the primary: the control lane felt it, so their connections escape it: opened before it, or not through this proxy/,
    },
    {
      name: 'nobody who feels it',
      spec: reset,
      samples: [served, servedControl],
      reason: /do not come through this proxy/,
    },
    {
      name: 'a share that hit none',
      spec: some,
      samples: [served, servedControl],
      reason: /share of the connections, and those of a keep-alive pool are few, that of HTTP\/2 is one/,
    },
    {
      name: 'a share that missed the control lane',
      spec: some,
      samples: [elsewhere, servedControl],
      reason: /control lane did not feel it: 1 of its requests ended as if nothing were wrong: .*share/,
    },
    {
      name: 'answers shorter than the limit',
      spec: cut,
      samples: [served, servedControl],
      reason: /no connection has carried 3000 bytes of answers yet/,
    },
    {
      name: 'answers too small for the rate',
      spec: { ...slow, rate: 1_000_000 },
      samples: [served, servedControl],
      reason: /answers of this size do not feel this rate/,
    },
    {
      name: 'answers too small for the pieces',
      spec: { ...sliced, size: 5000 },
      samples: [served, servedControl],
      reason: /do not feel pieces/,
    },
    {
      name: 'answers with a length',
      spec: close,
      samples: [served, servedControl],
      reason:
        /answers that say their own length, as all do with keep-alive or HTTP\/2, do not wait for a close/,
    },
  ] satisfies { name: string; spec: FaultSpec; samples: Sample[]; reason: RegExp }[])(
    '$name: $spec.kind',
    ({ spec, samples, reason }) => {
      expect(prove(spec, samples)).toEqual({ proven: false, reason: expect.stringMatching(reason) })
    },
  )
})

describe('a fault of the network says whether every request is hit', () => {
  it.each([
    { spec: hole, whole: true, cutsOnRevert: true },
    { spec: { ...hole, share: 0.5 }, whole: false, cutsOnRevert: true },
    { spec: reset, whole: true },
    { spec: some, whole: false },
    { spec: cut, whole: false },
    { spec: { ...cut, bytes: 0 }, whole: true },
    { spec: midAnswer, whole: false },
    { spec: slow, whole: false },
    { spec: sliced, whole: false },
    { spec: close, whole: false },
    { spec: { kind: 'latency', latency: 4000, jitter: 0, share: 0.5 }, whole: false },
    { spec: { kind: 'flapping', down: 1000, up: 1000 }, whole: false },
  ] satisfies { spec: FaultSpec; whole: boolean; cutsOnRevert?: true }[])(
    '$spec.kind: $whole',
    ({ spec, whole, cutsOnRevert }) => {
      const fault = createFault(site, spec)
      expect(fault).toMatchObject({ kind: spec.kind, network: true, whole })
      expect(fault.cutsOnRevert).toBe(cutsOnRevert)
    },
  )
})

describe('flapping', () => {
  const spec: FaultSpec = { kind: 'flapping', down: 1000, up: 2000 }
  /** Down from 10,000 to 11,000 and from 13,000 to 14,000, on a server that obeys; the control lane felt the first. */
  async function turning(
    setEnabled: (up: boolean) => Promise<unknown> = async () => undefined,
    permit = () => {},
  ) {
    const clock = testClock()
    const calls: boolean[] = []
    const fault = createFault(
      faultSite({
        clock,
        permit,
        toxiproxy: {
          ...site.toxiproxy,
          setEnabled: async (name, up) => {
            calls.push(up)
            await setEnabled(up)
            return { name, listen: '', upstream: '', enabled: up, toxics: [] }
          },
        },
      }),
      spec,
    )
    await fault.apply()
    await clock.advance(4500)
    const seen = (...samples: Sample[]) =>
      fault.prove({ target: 'primary', inForceMs, samples, attempts: [] })
    return { fault, calls, clock, seen }
  }
  const felt = control({ ...lost, intendedMs: 10_300 })

  it('is proven by what was sent while it was down', async () => {
    const { seen, calls, fault } = await turning()
    expect(calls).toEqual([false, true, false, true])
    // Served at home in a turn up, and once more by a request that outlasted its turn down.
    const between = main({ id: 'm8', intendedMs: 11_500 })
    const outlasting = main({ id: 'm9', intendedMs: 13_900, endMs: 14_200 })
    expect(seen(elsewhere, between, outlasting, felt)).toMatchObject({
      proven: true,
      proof: expect.stringMatching(/none of 2 marked requests that were sent while it was down/),
      evidence: ['m7', 'm9', 'c1'],
    })
    await fault.revert()
  })

  it.each([
    {
      name: 'what was served while it was down',
      samples: [served, felt],
      reason: /1 requests of the load were served by the primary while it was down/,
    },
    {
      name: 'a load that was silent meanwhile',
      samples: [main({ intendedMs: 11_500 }), felt],
      reason: /no request of the load has ended yet that was sent while it was down/,
    },
    {
      name: 'a control lane that lost its connection in a turn up',
      samples: [elsewhere, control({ ...lost, intendedMs: 11_500 })],
      reason: /control lane did not feel it/,
    },
  ])('is not proven by $name', async ({ samples, reason }) => {
    const { seen, fault } = await turning()
    expect(seen(...samples)).toEqual({ proven: false, reason: expect.stringMatching(reason) })
    await fault.revert()
  })

  it('ends with the first call that fails, and is not proven any more', async () => {
    let calls = 0
    const { seen, fault, clock } = await turning(async () => {
      if (++calls === 3) throw new Error('Toxiproxy did not answer')
    })
    expect(seen(elsewhere, felt)).toEqual({
      proven: false,
      reason: 'its turns have ended: Toxiproxy did not answer',
    })
    await expect(fault.readBack()).rejects.toThrow('its turns have ended: Toxiproxy did not answer')
    await fault.revert()
    expect(clock.sleepers).toBe(0)
  })

  it('takes nothing down any more once the watchdog has begun', async () => {
    const { calls, fault } = await turning(undefined, () => {
      throw new Error('the watchdog is undoing this run')
    })
    expect(calls).toEqual([false, true])
    await fault.revert()
    expect(calls).toEqual([false, true, true])
  })
})
