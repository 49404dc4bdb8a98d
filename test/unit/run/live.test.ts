import { describe, expect, it } from 'vitest'
import type { AbortRule } from '../../../src/drill/index.ts'
import type { Sample } from '../../../src/record/index.ts'
import { clocksSoFar, liveVitals } from '../../../src/run/live.ts'
import { createObservations } from '../../../src/run/observations.ts'
import { faultRunBench } from '../../support/run-fault.ts'
import { sample } from '../../support/sample.ts'

const SPAN_MS = 10_000
const rule: AbortRule = { when: 'success-below', floor: 0.5, for: SPAN_MS }
const drill = {
  abort: [rule],
  objectives: { success: 0.995, p95: 2500, cost: 0.015, window: 30 * 86_400_000, requests: 10_000 },
  traffic: { rate: 1, countsAgainstBudget: false },
}

/** `perSecond` requests a second over a stretch, of which those that `fails` names fail. */
function stretch(
  fromMs: number,
  toMs: number,
  {
    perSecond = 10,
    fails = () => false,
    changes = {},
  }: { perSecond?: number; fails?: (n: number) => boolean; changes?: Partial<Sample> } = {},
): Sample[] {
  const count = Math.round(((toMs - fromMs) * perSecond) / 1000)
  return Array.from({ length: count }, (_, n) =>
    sample({
      id: `m${fromMs}-${n}`,
      intendedMs: fromMs + (n * 1000) / perSecond,
      ...(fails(n) ? { outcome: 'failed', class: 'server-error', servedBy: null } : {}),
      ...changes,
    }),
  )
}

function vitalsOf(samples: readonly Sample[], abort: AbortRule[] = [rule]) {
  const observations = createObservations()
  const vitals = liveVitals({ ...drill, abort }, observations)
  for (const one of samples) observations.addSample(one)
  return vitals
}

/** A fault that came into force at a moment. */
function faultInForceAt(inForceMs: number) {
  const { run } = faultRunBench()
  run.inForceMs = inForceMs
  return run
}

describe('the recent past', () => {
  it('is what ended in the span of a rule', () => {
    const vitals = vitalsOf([
      ...stretch(0, 10_000, { fails: () => true }),
      ...stretch(10_200, 20_000, { fails: (n) => n % 4 === 0 }),
    ])
    const recent = vitals.at(20_300, null, 0).recent(SPAN_MS)
    expect(recent?.success).toBeCloseTo(0.745, 2)
    expect(recent?.p95Ms).toBe('inf')
  })

  it.each([
    {
      name: 'is not judged before it has been watched as long as the rule says',
      atMs: 14_900,
      judged: false,
    },
    { name: 'is judged as soon as it has', atMs: 15_000, judged: true },
  ])('$name', ({ atMs, judged }) => {
    const vitals = vitalsOf(stretch(5000, 14_800, { fails: () => true }))
    expect(vitals.at(atMs, null, 0).recent(SPAN_MS)?.success ?? null).toBe(judged ? 0 : null)
  })

  it.each([
    { requests: 19, judged: false },
    { requests: 20, judged: true },
  ])('with $requests requests is judged: $judged', ({ requests, judged }) => {
    const early = sample({ intendedMs: 0 })
    const late = stretch(15_000, 15_000 + requests * 100, { fails: () => true })
    expect(
      vitalsOf([early, ...late])
        .at(18_000, null, 0)
        .recent(SPAN_MS) !== null,
    ).toBe(judged)
  })

  it('leaves out the control lane and what was never sent', () => {
    const vitals = vitalsOf([
      ...stretch(0, 10_000),
      ...stretch(0, 10_000, { fails: () => true, changes: { lane: 'control' } }),
      ...stretch(0, 10_000, { changes: { outcome: 'dropped', startedMs: null, endMs: null } }),
    ])
    expect(vitals.at(10_300, null, 0).recent(SPAN_MS)).toEqual({ success: 1, p95Ms: 200 })
  })

  it('is known for the spans that rules name, and for no other', () => {
    const vitals = vitalsOf(stretch(0, 10_000), [rule])
    const at = vitals.at(10_300, null, 0)
    expect([at.recent(SPAN_MS) === null, at.recent(5000) === null]).toEqual([false, true])
  })
})

describe('the share of the error budget', () => {
  const half = (n: number) => n % 2 === 0
  it.each([
    { name: 'is nothing outside of an outage', fault: null, atMs: 60_000, share: 0 },
    // 50 % of one request a second over 50 s is 25 failures, of 50 that are allowed.
    {
      name: 'is what the outage would have cost by now',
      fault: faultInForceAt(10_000),
      atMs: 60_000,
      share: 0.5,
    },
    { name: 'grows while the outage lasts', fault: faultInForceAt(10_000), atMs: 110_000, share: 1 },
    { name: 'is nothing before a fault is in force', fault: faultRunBench().run, atMs: 60_000, share: 0 },
  ])('$name', ({ fault, atMs, share }) => {
    const vitals = vitalsOf([...stretch(0, 10_000), ...stretch(10_000, 60_000, { fails: half })])
    expect(vitals.at(atMs, fault, 0).budgetShare).toBeCloseTo(share, 6)
  })

  it.each([
    { requests: 19, share: 0 },
    { requests: 20, share: 0.04 },
  ])('counts from twenty requests on: $requests give $share', ({ requests, share }) => {
    const vitals = vitalsOf(stretch(10_000, 10_000 + requests * 100, { fails: () => true }))
    expect(vitals.at(12_000, faultInForceAt(10_000), 0).budgetShare).toBeCloseTo(share, 6)
  })
})

it('passes on what else the rules look at', () => {
  const { allowedFailureRatio, toxiproxyLostMs } = vitalsOf([]).at(0, null, 4000)
  expect(allowedFailureRatio).toBeCloseTo(0.005, 9)
  expect(toxiproxyLostMs).toBe(4000)
})

describe('the clocks of a running fault', () => {
  it('do not know a recovery before the fault is undone', () => {
    const observations = createObservations()
    for (const one of stretch(0, 30_000)) observations.addSample(one)
    const clocks = clocksSoFar(faultInForceAt(10_000), observations, { fromMs: 0, toMs: 9000 }, 2500, 30_000)
    expect(clocks.failbackMs).toBeNull()
  })
})
