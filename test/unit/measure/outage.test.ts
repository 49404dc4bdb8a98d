import { describe, expect, it } from 'vitest'
import { outageRequests, outageWindow, withoutRouter } from '../../../src/measure/index.ts'
import { sampleOf } from '../../support/measure-timeline.ts'

describe('outageWindow', () => {
  const times = {
    inForceMs: 60_000,
    uncertaintyMs: 5,
    revertedMs: 120_000,
    goneMs: 121_000,
    failbackMs: 2000,
    endOfRestoreMs: 180_000,
  }

  it.each([
    { name: 'the stable failback, the later of the two', change: {}, toMs: 122_000 },
    { name: 'the proof that it is gone, the later of the two', change: { goneMs: 125_000 }, toMs: 125_000 },
    { name: 'the end of the restore phase without a proof', change: { goneMs: null }, toMs: 180_000 },
    { name: 'the end of the restore phase without a failback', change: { failbackMs: null }, toMs: 180_000 },
    {
      name: 'the end of the restore phase without a revert',
      change: { revertedMs: null, goneMs: null, failbackMs: null },
      toMs: 180_000,
    },
  ])('ends with $name', ({ change, toMs }) => {
    expect(outageWindow({ ...times, ...change })).toEqual({ fromMs: 60_000, strikeMs: 59_995, toMs })
  })
})

describe('outageRequests', () => {
  const outage = { strikeMs: 1000, toMs: 2000 }

  it.each([
    { name: 'one that was over before', intendedMs: 800, endMs: 999, inside: false },
    {
      name: 'one in flight when the fault could first have come',
      intendedMs: 800,
      endMs: 1001,
      inside: true,
    },
    { name: 'one meant in it', intendedMs: 1500, endMs: 2500, inside: true },
    { name: 'one meant at its beginning', intendedMs: 1000, endMs: 1100, inside: true },
    { name: 'one meant at its end', intendedMs: 2000, endMs: 2100, inside: false },
    { name: 'one in it that never ended', intendedMs: 1500, endMs: null, inside: true },
  ])('decides about $name', ({ intendedMs, endMs, inside }) => {
    expect(outageRequests([sampleOf({ intendedMs, endMs })], [outage])).toHaveLength(inside ? 1 : 0)
  })

  it('leaves out dropped requests and the control lane', () => {
    const others = [
      sampleOf({ intendedMs: 1500, outcome: 'dropped' }),
      sampleOf({ intendedMs: 1500, lane: 'control' }),
    ]
    expect(outageRequests(others, [outage])).toEqual([])
  })

  it('counts a request of two outages once', () => {
    const samples = [sampleOf({ intendedMs: 1500 }), sampleOf({ intendedMs: 2500 })]
    expect(outageRequests(samples, [outage, { strikeMs: 1400, toMs: 3000 }])).toEqual(samples)
  })
})

describe('withoutRouter', () => {
  it('sums up the control lane alone, by intended start', () => {
    const lane = (intendedMs: number, outcome: 'ok' | 'failed' | 'dropped' = 'ok') =>
      sampleOf({ lane: 'control', intendedMs, outcome })
    const samples = [
      lane(999),
      lane(1000),
      lane(1500, 'failed'),
      lane(1600, 'dropped'),
      lane(2000),
      sampleOf({ intendedMs: 1500 }),
    ]
    expect(withoutRouter(samples, { fromMs: 1000, toMs: 2000 })).toEqual({ requests: 2, ok: 1, p95Ms: 'inf' })
  })

  it('knows nothing without a control lane', () => {
    expect(withoutRouter([], { fromMs: 0, toMs: 1 })).toEqual({ requests: 0, ok: 0, p95Ms: null })
  })
})
