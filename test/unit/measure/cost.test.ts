import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/base/index.ts'
import { averageCost } from '../../../src/measure/cost.ts'
import { sampleOf } from '../../support/measure-timeline.ts'

const many = (n: number, cost: (i: number) => number | null) =>
  Array.from({ length: n }, (_, i) => sampleOf({ costUsd: cost(i) }))

describe('averageCost', () => {
  it('gives the textbook interval of a mean when nothing fails', () => {
    // 50 costs of 1 and 50 of 2: mean 1.5, standard deviation 0.50252, t(99) 1.98422.
    const { meanUsd, intervalUsd } = averageCost(many(100, (i) => 1 + (i % 2)))
    expect(meanUsd).toBe(1.5)
    expect(intervalUsd?.[0]).toBeCloseTo(1.5 - 0.09971, 5)
    expect(intervalUsd?.[1]).toBeCloseTo(1.5 + 0.09971, 5)
  })

  it('is sure of a cost that is always the same', () => {
    expect(averageCost(many(31, () => 0.004)).intervalUsd?.map((bound) => bound.toFixed(9))).toEqual([
      '0.004000000',
      '0.004000000',
    ])
  })

  it('knows that free is free', () => {
    expect(averageCost(many(31, () => 0))).toEqual({ meanUsd: 0, intervalUsd: [0, 0], successes: 31 })
  })

  it.each([
    { why: 'thirty requests or fewer', samples: many(30, () => 0.004) },
    { why: 'a few requests that cost nearly all', samples: many(100, (i) => (i === 0 ? 1 : 0.0001)) },
    {
      why: 'hardly any success',
      samples: [
        ...many(10, () => 0.004),
        ...Array.from({ length: 90 }, () => sampleOf({ outcome: 'failed', costUsd: 0.004 })),
      ],
    },
  ])('gives no interval for $why', ({ samples }) => {
    const { meanUsd, intervalUsd } = averageCost(samples)
    expect(meanUsd).not.toBeNull()
    expect(intervalUsd).toBeNull()
  })

  it('knows nothing when one price is unknown', () => {
    expect(averageCost(many(100, (i) => (i === 7 ? null : 0.004)))).toEqual({
      meanUsd: null,
      intervalUsd: null,
      successes: 100,
    })
  })

  it('encloses the true average about 95 times in a hundred, failures included', () => {
    const random = seededRandom(1, 'cost coverage')
    // Cost is exponential with mean 1, one in ten fails and is billed a third: (0.9 x 1 + 0.1 x 1/3) / 0.9.
    const truth = (0.9 + 0.1 / 3) / 0.9
    let enclosed = 0
    for (let run = 0; run < 1000; run++) {
      const samples = Array.from({ length: 300 }, () => {
        const ok = random() < 0.9
        const costUsd = -Math.log(1 - random()) * (ok ? 1 : 1 / 3)
        return sampleOf({ outcome: ok ? 'ok' : 'failed', costUsd })
      })
      const [low, high] = averageCost(samples).intervalUsd ?? [Infinity, -Infinity]
      if (low <= truth && truth <= high) enclosed++
    }
    // Binomial: 950 -+ 3 x 6.9, and a little less than that for the approximation.
    expect(enclosed).toBeGreaterThan(920)
    expect(enclosed).toBeLessThan(980)
  })
})
