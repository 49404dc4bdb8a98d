import { describe, expect, it } from 'vitest'
import { judgeSpeed, quantile, type Round, type Rounds } from '../../../bench/router/judge.ts'

const round = (latencyMs: number, perSecond: number): Round => ({ latencyMs, perSecond })

/** Direct takes 1 ms, the pass-through adds 2 and carries 1000/s; every round is slower than the one before, all ways alike. */
function rounds(router: Round, passthrough = round(3, 1000)): Rounds {
  return [0, 1, 2, 3, 4].map((busy) => {
    const slower = ({ latencyMs, perSecond }: Round) => round(latencyMs + busy, perSecond / (1 + busy))
    return { direct: slower(round(1, 9000)), passthrough: slower(passthrough), router: slower(router) }
  })
}

const judged = (of: Rounds, missing: string | null = null) =>
  judgeSpeed('plain', of, missing)
    .filter(({ passed }) => !passed)
    .map(({ what }) => what)

describe('the judge of the router’s speed', () => {
  it.each([
    ['within both limits', round(4, 750), []],
    ['over 1.5 times the added latency', round(4.1, 750), ['plain, added latency, router / pass-through']],
    ['under 0.75 of the throughput', round(4, 749), ['plain, throughput, router / pass-through']],
  ])('passes and misses a router %s', (_, router, missed) => {
    expect(judged(rounds(router))).toEqual(missed)
  })

  it('lets a pass-through that seems to add nothing prove nothing', () => {
    expect(judged(rounds(round(0.5, 1000), round(0.9, 1000)))).toEqual([
      'plain, added latency, router / pass-through',
    ])
  })

  it('says of a way that was not there that it was not measured, and why', () => {
    const portkey = judgeSpeed('plain', rounds(round(4, 800)), 'no network').filter(({ what }) =>
      what.includes('Portkey'),
    )
    expect(portkey).toHaveLength(2)
    for (const row of portkey) expect(row).toMatchObject({ value: null, limit: 'not there: no network' })
  })
})

describe('a quantile', () => {
  it.each([
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 2, 3], 0.5, 2.5],
    [[0, 10, 20, 30, 40], 0.25, 10],
    [[], 0.5, Number.NaN],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected)
  })
})
