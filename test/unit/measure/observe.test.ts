import { describe, expect, it } from 'vitest'
import { observe } from '../../../src/measure/index.ts'
import { requestsFrom, sampleOf } from '../../support/measure-timeline.ts'

describe('observe', () => {
  it('observes success, p95 and cost with their intervals', () => {
    const { success, p95, cost } = observe(requestsFrom(0, 1000))
    expect(success).toEqual({ observed: 1, interval: [expect.closeTo(0.99632, 5), 1], n: 1000 })
    expect(p95).toEqual({ observed: 201, interval: [201, 201], n: 1000 })
    expect(cost.observed).toBeCloseTo(0.001, 12)
    expect(cost.interval).not.toBeNull()
    expect(cost.n).toBe(1000)
  })

  it('takes failures for infinite in p95, and rests the cost on successes', () => {
    const { success, p95, cost } = observe([
      ...requestsFrom(0, 90),
      ...requestsFrom(9000, 10, { outcome: 'failed', servedBy: null }),
    ])
    expect(success.observed).toBe(0.9)
    expect(p95).toMatchObject({ observed: 'inf', n: 100 })
    expect(cost.observed).toBeCloseTo(0.1 / 90, 12)
    expect(cost.n).toBe(90)
  })

  it('claims nothing from nothing', () => {
    const nothing = { observed: null, interval: null, n: 0 }
    expect(observe([])).toEqual({ success: nothing, p95: nothing, cost: nothing })
    expect(observe([sampleOf({ lane: 'control' }), sampleOf({ outcome: 'dropped' })])).toEqual({
      success: nothing,
      p95: nothing,
      cost: nothing,
    })
  })

  it('does not know the cost when a price is unknown', () => {
    expect(observe([...requestsFrom(0, 100), sampleOf({ costUsd: null })]).cost).toEqual({
      observed: null,
      interval: null,
      n: 101,
    })
  })
})
