import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clopperPearson } from '../../../src/measure/index.ts'
import { binomialBetween } from '../../support/measure-binomial.ts'

describe('clopperPearson', () => {
  it.each([
    { ok: 9950, n: 10_000, low: 99.341, high: 99.629, digits: 3 },
    { ok: 9965, n: 10_000, low: 99.514, high: 99.756, digits: 3 },
    { ok: 1000, n: 1000, low: 99.632, high: 100, digits: 3 },
    { ok: 995, n: 1000, low: 98.84, high: 99.84, digits: 2 },
    { ok: 26_900, n: 27_000, low: 99.55, high: 99.699, digits: 2 },
  ])('agrees with the published interval of $ok in $n', ({ ok, n, low, high, digits }) => {
    const [lower, upper] = clopperPearson(ok, n) ?? [NaN, NaN]
    expect(lower * 100).toBeCloseTo(low, digits)
    expect(upper * 100).toBeCloseTo(high, digits)
  })

  it('claims 99.5 % from 736 requests without a failure on, and not from 735', () => {
    expect(clopperPearson(736, 736)?.[0]).toBeGreaterThanOrEqual(0.995)
    expect(clopperPearson(735, 735)?.[0]).toBeLessThan(0.995)
  })

  it.each([
    [598, 0],
    [947, 1],
    [1258, 2],
    [1549, 3],
    [2100, 5],
    [3389, 10],
    [5808, 20],
    [12_651, 50],
  ])('claims 99.5 %% one-sided from exactly %i requests on with %i failures', (n, failures) => {
    const oneSided = 0.9
    expect(clopperPearson(n - failures, n, oneSided)?.[0]).toBeGreaterThanOrEqual(0.995)
    expect(clopperPearson(n - 1 - failures, n - 1, oneSided)?.[0]).toBeLessThan(0.995)
  })

  it('is exact at the edges', () => {
    expect(clopperPearson(0, 0)).toBeNull()
    expect(clopperPearson(0, 1)).toEqual([0, 1 - (1 - 0.95) / 2])
    expect(clopperPearson(1, 1)).toEqual([(1 - 0.95) / 2, 1])
    expect(clopperPearson(0, 100_000)?.[0]).toBe(0)
    expect(clopperPearson(100_000, 100_000)?.[1]).toBe(1)
  })

  it.each([99_999, 99_500, 50_000, 100, 1])('holds for %i of 100,000', (ok) => {
    const [low, high] = clopperPearson(ok, 100_000) ?? [NaN, NaN]
    expect(binomialBetween(ok, 100_000, 100_000, low)).toBeCloseTo(0.025, 6)
    expect(binomialBetween(0, ok, 100_000, high)).toBeCloseTo(0.025, 6)
  })

  it('leaves 2.5 % of the binomial beyond either bound', () => {
    const counts = fc
      .integer({ min: 1, max: 400 })
      .chain((n) => fc.record({ n: fc.constant(n), ok: fc.integer({ min: 0, max: n }) }))
    fc.assert(
      fc.property(counts, ({ n, ok }) => {
        const [low, high] = clopperPearson(ok, n) ?? [NaN, NaN]
        expect(low).toBeLessThanOrEqual(ok / n)
        expect(high).toBeGreaterThanOrEqual(ok / n)
        // At an edge the bound is the edge itself, and the tail beyond it is certain.
        expect(binomialBetween(ok, n, n, low)).toBeCloseTo(ok > 0 ? 0.025 : 1, 7)
        expect(binomialBetween(0, ok, n, high)).toBeCloseTo(ok < n ? 0.025 : 1, 7)
      }),
    )
  })
})
