import { describe, expect, it } from 'vitest'
import { burns, standing } from '../../../src/slo/index.ts'

const objectives = { success: 0.995, requests: 10_000 }

describe('how a budget stands', () => {
  it.each([
    [
      'young window',
      { requests: 100, failed: 1 },
      { allowed: 50, spent: 1, left: 49, share: 0.02, freeze: false },
    ],
    ['all of it spent', { requests: 9000, failed: 50 }, { left: 0, share: 1, freeze: true }],
    [
      'more traffic than planned',
      { requests: 40_000, failed: 50 },
      { allowed: 200, left: 150, freeze: false },
    ],
    ['nothing happened', { requests: 0, failed: 0 }, { allowed: 50, spent: 0, left: 50, freeze: false }],
  ])('is counted: %s', (_what, losses, expected) => {
    expect(standing(objectives, losses, [])).toMatchObject(expected)
  })

  it('says what it was spent on, and what nobody accounts for', () => {
    const bookings = [
      { cause: 'deploy', failures: 5 },
      { cause: 'provider', failures: 9 },
      { cause: 'deploy', failures: -2 },
    ]
    expect(standing(objectives, { requests: 1000, failed: 20 }, bookings)).toMatchObject({
      booked: { deploy: 3, provider: 9 },
      unaccounted: 8,
      spent: 20,
    })
  })

  it('believes bookings of failures that nothing counted', () => {
    expect(
      standing(objectives, { requests: 1000, failed: 2 }, [{ cause: 'deploy', failures: 60 }]),
    ).toMatchObject({ spent: 60, unaccounted: 0, freeze: true })
  })

  it('has no share where no failure is allowed', () => {
    expect(standing({ success: 1, requests: 10 }, { requests: 10, failed: 0 }, [])).toMatchObject({
      share: null,
      freeze: false,
    })
  })
})

describe('burn rates', () => {
  it('burn where both windows of a pair do', () => {
    const lossesOf = (ms: number) => ({ requests: 1000, failed: ms <= 3_600_000 ? 80 : 20 })
    expect(
      burns(0.995, lossesOf).map(({ long, longRate, shortRate, burning }) => [
        long,
        longRate,
        shortRate,
        burning,
      ]),
    ).toEqual([
      ['1h', 16, 16, true],
      ['6h', 4, 16, false],
      ['1d', 4, 4, true],
      ['3d', 4, 4, true],
    ])
  })

  it('are unknown without a request', () => {
    expect(burns(0.995, () => ({ requests: 0, failed: 0 }))[0]).toMatchObject({
      longRate: null,
      burning: false,
    })
  })
})
