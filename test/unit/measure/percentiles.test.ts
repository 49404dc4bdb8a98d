import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestRank, percentiles } from '../../../src/measure/index.ts'
import { sampleOf } from '../../support/measure-timeline.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => n - i)

describe('nearestRank', () => {
  it.each([
    { values: upTo(100), q: 0.95, expected: 95 },
    { values: upTo(100), q: 0.07, expected: 7 }, // 0.07 * 100 is 7.000000000000001
    { values: upTo(20), q: 0.95, expected: 19 },
    { values: upTo(21), q: 0.95, expected: 20 },
    { values: upTo(15), q: 0.95, expected: 15 },
    { values: upTo(4), q: 0.5, expected: 2 },
    { values: [7], q: 0.99, expected: 7 },
    { values: [3, 1, 2], q: 0, expected: 1 },
    { values: [3, 1, 2], q: 1, expected: 3 },
    { values: [10, 9, 100], q: 0.5, expected: 10 }, // not sorted as text
  ])('takes x(ceil(q n)): $q of $values.length values', ({ values, q, expected }) => {
    expect(nearestRank(values, q)).toBe(expected)
  })

  it('has no answer without values', () => {
    expect(nearestRank([], 0.95)).toBeNull()
  })

  it('is infinite when it falls among failures, and only then', () => {
    const times = (failures: number) => [
      ...upTo(100 - failures),
      ...Array.from({ length: failures }, () => Infinity),
    ]
    expect(nearestRank(times(5), 0.95)).toBe(95)
    expect(nearestRank(times(6), 0.95)).toBe('inf')
  })

  it('leaves its input as it was', () => {
    const values = [3, 1, 2]
    nearestRank(values, 0.5)
    expect(values).toEqual([3, 1, 2])
  })

  it('is the least value that at least q of all values do not exceed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Infinity)), {
          minLength: 1,
          maxLength: 200,
        }),
        fc.constantFrom(0.5, 0.95, 0.99),
        (values, q) => {
          const enough = values.filter(
            (value) => values.filter((other) => other <= value).length * 100 >= q * 100 * values.length,
          )
          const least = Math.min(...enough)
          expect(nearestRank(values, q)).toBe(least === Infinity ? 'inf' : least)
        },
      ),
    )
  })
})

describe('percentiles', () => {
  const ok = (ms: number) => sampleOf({ intendedMs: 1000, startedMs: 1400, endMs: 1000 + ms })
  const bad = (outcome: 'failed' | 'truncated' | 'timeout') => sampleOf({ outcome })

  it('counts from the intended start, so that a stalled client hides nothing', () => {
    expect(percentiles([ok(900)]).p50Ms).toBe(900)
  })

  it('gives p95 over all with failures infinite, and over the successes alone', () => {
    const samples = [...upTo(90).map((ms) => ok(ms * 10)), ...Array.from({ length: 10 }, () => bad('failed'))]
    expect(percentiles(samples)).toEqual({ p50Ms: 500, p95Ms: 'inf', p95OkMs: 860, p99Ms: 'inf' })
  })

  it.each(['failed', 'truncated', 'timeout'] as const)(
    'takes %s for infinite however soon it ended',
    (outcome) => {
      expect(percentiles([bad(outcome)])).toEqual({ p50Ms: 'inf', p95Ms: 'inf', p95OkMs: null, p99Ms: 'inf' })
    },
  )

  it('leaves out what was dropped and the control lane', () => {
    const others = [
      sampleOf({ outcome: 'dropped', endMs: null }),
      sampleOf({ lane: 'control', outcome: 'failed' }),
    ]
    expect(percentiles([ok(100), ...others]).p99Ms).toBe(100)
  })

  it('has no answer without requests', () => {
    expect(percentiles([])).toEqual({ p50Ms: null, p95Ms: null, p95OkMs: null, p99Ms: null })
  })
})
