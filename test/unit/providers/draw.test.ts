import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/index.ts'
import { delays, wholeNumbers } from '../../../src/providers/simulated/draw.ts'

const sample = (draw: () => number, n = 20_000) => Array.from({ length: n }, draw).toSorted((a, b) => a - b)
const quantile = (sorted: number[], q: number) => sorted[Math.ceil(q * sorted.length) - 1]!

describe('delays', () => {
  it('have the median and the 95th percentile asked for', () => {
    const drawn = sample(delays({ p50: 350, p95: 800 }, seededRandom(7, 'delays')))
    expect(quantile(drawn, 0.5) / 350).toBeCloseTo(1, 1)
    expect(quantile(drawn, 0.95) / 800).toBeCloseTo(1, 1)
    expect(drawn[0]).toBeGreaterThan(0)
  })

  it('repeat themselves with the same seed and differ with another', () => {
    const draw = (seed: number) => sample(delays({ p50: 6, p95: 20 }, seededRandom(seed, 'x')), 5)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it.each([
    ['no spread where the percentile is the median', { p50: 100, p95: 100 }, 100],
    ['no spread where the percentile is below the median', { p50: 100, p95: 50 }, 100],
    ['no delay where the median is zero', { p50: 0, p95: 50 }, 0],
  ])('know %s', (_, spread, expected) => {
    const [least, ...more] = sample(delays(spread, seededRandom(1, 'x')), 100)
    expect(least).toBeCloseTo(expected)
    expect(more.at(-1)).toBeCloseTo(expected)
  })
})

describe('wholeNumbers', () => {
  it('reach both ends and nothing beyond', () => {
    const drawn = sample(wholeNumbers({ least: 8, most: 12 }, seededRandom(3, 'n')), 2000)
    expect([...new Set(drawn)]).toEqual([8, 9, 10, 11, 12])
  })

  it('are the least where the most is below it', () => {
    expect(new Set(sample(wholeNumbers({ least: 5, most: 2 }, seededRandom(3, 'n')), 50))).toEqual(
      new Set([5]),
    )
  })
})
