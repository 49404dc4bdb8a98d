import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { p95Interval, p95IntervalOf } from '../../../src/measure/index.ts'
import { binomialBetween } from '../../support/measure-binomial.ts'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('p95Interval', () => {
  it.each([
    [100, 90, 100],
    [120, 109, 119],
    [200, 184, 197],
    [300, 277, 293],
    [500, 465, 485],
    [900, 842, 868],
    [1000, 936, 964],
    [1800, 1691, 1729],
    [9000, 8509, 8591],
    [27_000, 25_579, 25_721],
  ])('encloses the p95 of %i values by ranks %i and %i', (n, lower, upper) => {
    expect(p95Interval(n)).toEqual({ lower, upper })
  })

  it('has an upper bound from 72 values on', () => {
    expect(p95Interval(71).upper).toBeNull()
    expect(p95Interval(72).upper).toBe(72)
  })

  it('has a lower bound from 2 values on', () => {
    expect(p95Interval(0)).toEqual({ lower: null, upper: null })
    expect(p95Interval(1)).toEqual({ lower: null, upper: null })
    expect(p95Interval(2)).toEqual({ lower: 1, upper: null })
  })

  it('is the narrowest that leaves at most 2.5 % on either side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 72, max: 3000 }), (n) => {
        const { lower, upper } = p95Interval(n)
        const under = (rank: number) => binomialBetween(0, rank - 1, n, 0.95)
        const over = (rank: number) => binomialBetween(rank, n, n, 0.95)
        expect(under(lower ?? NaN)).toBeLessThanOrEqual(0.025)
        expect(under((lower ?? NaN) + 1)).toBeGreaterThan(0.025)
        expect(over(upper ?? NaN)).toBeLessThanOrEqual(0.025)
        expect(over((upper ?? NaN) - 1)).toBeGreaterThan(0.025)
      }),
      { numRuns: 40 },
    )
  })

  it('holds for 100,000 values, where 0.95 ** n is nothing in a double', () => {
    const { lower, upper } = p95Interval(100_000)
    // The normal approximation is good to a rank or so here: 95,000 -+ 1.96 x 68.9.
    expect(Math.abs((lower ?? NaN) - 94_865)).toBeLessThanOrEqual(2)
    expect(Math.abs((upper ?? NaN) - 95_135)).toBeLessThanOrEqual(2)
  })
})

describe('p95IntervalOf', () => {
  it('takes the values at those ranks, from any order', () => {
    expect(p95IntervalOf(upTo(200).reverse())).toEqual([184, 197])
  })

  it('is infinite at the top when a failure holds the upper rank', () => {
    const times = (failures: number) => upTo(200).map((value) => (value > 200 - failures ? Infinity : value))
    expect(p95IntervalOf(times(3))).toEqual([184, 197])
    expect(p95IntervalOf(times(4))).toEqual([184, 'inf'])
    expect(p95IntervalOf(times(17))).toEqual(['inf', 'inf'])
  })

  it('is open at the top with fewer than 72 values, and none with fewer than 2', () => {
    expect(p95IntervalOf(upTo(71))).toEqual([expect.any(Number), 'inf'])
    expect(p95IntervalOf([5])).toBeNull()
    expect(p95IntervalOf([])).toBeNull()
  })
})
