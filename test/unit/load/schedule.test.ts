import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrivalOffsets, type Arrivals } from '../../../src/load/schedule.ts'

function take(count: number, options: Partial<Arrivals>): number[] {
  const offsets = arrivalOffsets({ perSecond: 10, arrivals: 'poisson', seed: 1, purpose: 'main', ...options })
  return Array.from({ length: count }, () => offsets.next().value)
}

describe('uniform arrivals', () => {
  it('come exactly at index divided by rate, whatever the rate', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (perSecond, count) => {
          const offsets = take(count, { perSecond, arrivals: 'uniform' })
          expect(offsets).toEqual(offsets.map((_, index) => (index * 1000) / perSecond))
        },
      ),
    )
  })

  it('do not drift over half an hour at a rate that no binary fraction can hold', () => {
    expect(take(27_001, { perSecond: 15, arrivals: 'uniform' }).at(-1)).toBe(1_800_000)
  })
})

describe('poisson arrivals', () => {
  it.each([0.5, 10, 500])('keep the mean rate of %d a second', (perSecond) => {
    const offsets = take(20_000, { perSecond })
    // The mean of 20,000 exponential gaps has a standard error of 0.7 %.
    expect(offsets.at(-1)! / (20_000_000 / perSecond)).toBeGreaterThan(0.96)
    expect(offsets.at(-1)! / (20_000_000 / perSecond)).toBeLessThan(1.04)
  })

  it('scatter as independent users do: gaps as wide as their mean, never backwards', () => {
    const offsets = take(20_000, {})
    const gaps = offsets.map((at, index) => at - (offsets[index - 1] ?? 0))
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - 100) ** 2, 0) / gaps.length)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
    expect(deviation).toBeGreaterThan(95)
    expect(deviation).toBeLessThan(105)
  })

  it('repeat exactly with the same seed', () => {
    expect(take(500, { seed: 7 })).toEqual(take(500, { seed: 7 }))
  })

  it.each([
    ['another seed', { seed: 8 }],
    ['another purpose', { purpose: 'control' }],
  ])('differ with %s from the first on', (_, other) => {
    const [one, two] = [take(20, { seed: 7 }), take(20, { seed: 7, ...other })]
    expect(one.filter((at, index) => at === two[index])).toEqual([])
  })
})
