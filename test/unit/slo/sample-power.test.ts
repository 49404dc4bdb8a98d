import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clopperPearson } from '../../../src/measure/index.ts'
import { leastSample, rateNeeded, samplePower } from '../../../src/slo/index.ts'

describe('leastSample', () => {
  it.each([
    { target: 0.995, n: 736 },
    { target: 0.95, n: 72 }, // the same sum bounds a p95 from above
    { target: 0.99, n: 368 },
    { target: 0.999, n: 3688 },
    { target: 0.9, n: 36 },
    { target: 0, n: 1 },
    { target: 1, n: Infinity },
  ])('is $n for $target', ({ target, n }) => {
    expect(leastSample(target)).toBe(n)
  })

  it('agrees with the interval: enough, and one fewer is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 9999 }), (tenThousandths) => {
        const target = tenThousandths / 10_000
        const n = leastSample(target)
        expect(clopperPearson(n, n)?.[0]).toBeGreaterThanOrEqual(target)
        expect(clopperPearson(n - 1, n - 1)?.[0] ?? 0).toBeLessThan(target)
      }),
    )
  })
})

describe('rateNeeded', () => {
  it('names the rate at which an outage of so many seconds can prove the target', () => {
    expect(rateNeeded(368, 0.995)).toBe(2)
    expect(rateNeeded(25, 0.995)).toBeCloseTo(29.44, 10)
  })
})

describe('samplePower', () => {
  it.each([
    { n: 0, metUpTo: null, missedFrom: null, boundsP95: false },
    { n: 71, metUpTo: null, missedFrom: 3, boundsP95: false },
    { n: 200, metUpTo: null, missedFrom: 4, boundsP95: true },
    { n: 735, metUpTo: null, missedFrom: 9, boundsP95: true },
    { n: 736, metUpTo: 0, missedFrom: 9, boundsP95: true },
    { n: 1200, metUpTo: 1, missedFrom: 12, boundsP95: true },
    { n: 10_000, metUpTo: 36, missedFrom: 65, boundsP95: true },
  ])('says what $n requests can prove about 99.5 %', ({ n, ...expected }) => {
    expect(samplePower(n, 0.995)).toEqual({ n, target: 0.995, leastSample: 736, ...expected })
  })

  it('never meets a target of 100 %, and one failure misses it', () => {
    expect(samplePower(1000, 1)).toMatchObject({ metUpTo: null, missedFrom: 1, leastSample: Infinity })
  })

  it('draws its lines where the interval does', () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 3000 }),
      target: fc.constantFrom(0.9, 0.95, 0.99, 0.995, 0.999),
    })
    fc.assert(
      fc.property(cases, ({ n, target }) => {
        const { metUpTo, missedFrom } = samplePower(n, target)
        const met = (failures: number) => (clopperPearson(n - failures, n)?.[0] ?? NaN) >= target
        const missed = (failures: number) => (clopperPearson(n - failures, n)?.[1] ?? NaN) < target
        expect(met(metUpTo ?? 0)).toBe(metUpTo !== null)
        expect(met((metUpTo ?? -1) + 1)).toBe(false)
        expect(missed(missedFrom ?? n)).toBe(missedFrom !== null)
        expect(missed((missedFrom ?? n + 1) - 1)).toBe(false)
      }),
    )
  })
})
