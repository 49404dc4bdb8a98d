import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestRank, slidingWindow } from '../../../src/measure/index.ts'
import { countingReads, requestsFrom, sampleOf } from '../../support/measure-timeline.ts'

describe('slidingWindow', () => {
  it('sums up what ended in the last stretch', () => {
    const window = slidingWindow({ windowMs: 10_000 })
    window.add(sampleOf({ endMs: 10_000 })) // has just left
    window.add(sampleOf({ intendedMs: 10_000, endMs: 10_001 }))
    window.add(sampleOf({ intendedMs: 15_000, endMs: 15_300, servedBy: 'secondary' }))
    window.add(sampleOf({ intendedMs: 15_000, endMs: 16_000, servedBy: null }))
    window.add(sampleOf({ intendedMs: 19_000, endMs: 20_000, outcome: 'failed', servedBy: null }))
    window.add(sampleOf({ endMs: 20_001 })) // not yet
    expect(window.at(20_000)).toEqual({
      n: 4,
      ok: 3,
      failed: 1,
      successRate: 0.75,
      p95Ms: 'inf',
      perSecond: 0.4,
      servedBy: { primary: 1, secondary: 1, cache: 0, unknown: 1 },
    })
  })

  it('knows nothing when nothing ended', () => {
    expect(slidingWindow({ windowMs: 1000 }).at(500)).toMatchObject({
      n: 0,
      successRate: null,
      p95Ms: null,
      perSecond: 0,
    })
    expect(slidingWindow({ windowMs: 1000 }).at(0).perSecond).toBe(0)
  })

  it('lets go of the control lane and of what was dropped', () => {
    const window = slidingWindow({ windowMs: 1000 })
    window.add(sampleOf({ lane: 'control', outcome: 'failed' }))
    window.add(sampleOf({ outcome: 'dropped', endMs: null }))
    expect(window.at(300).n).toBe(0)
  })

  it('tells the rate rightly before it is full', () => {
    const window = slidingWindow({ windowMs: 10_000, startMs: 5000 })
    for (const sample of requestsFrom(5000, 20)) window.add(sample)
    expect(window.at(7201).perSecond).toBeCloseTo(20 / 2.201, 9)
  })

  it('hides no failure whose end nobody saw', () => {
    const window = slidingWindow({ windowMs: 1000 })
    window.at(5000)
    window.add(sampleOf({ intendedMs: 100, outcome: 'timeout', endMs: null }))
    expect(window.at(5500)).toMatchObject({ n: 1, failed: 1 })
    expect(window.at(6001).n).toBe(0)
  })

  it('agrees with looking at everything anew', () => {
    const lag = fc.record({
      gap: fc.integer({ min: 0, max: 400 }),
      took: fc.integer({ min: 1, max: 3000 }),
      ok: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(lag, { maxLength: 150 }), (lags) => {
        const window = slidingWindow({ windowMs: 2000 })
        let intendedMs = 0
        const samples = lags.map(({ gap, took, ok }) => {
          intendedMs += gap
          return sampleOf({ intendedMs, endMs: intendedMs + took, outcome: ok ? 'ok' : 'timeout' })
        })
        const added: typeof samples = []
        for (const [i, sample] of samples.entries()) {
          window.add(sample)
          added.push(sample)
          if (i % 7 > 0) continue
          const nowMs = sample.intendedMs
          const ended = added.filter(({ endMs }) => endMs !== null && endMs > nowMs - 2000 && endMs <= nowMs)
          const { n, ok, p95Ms } = window.at(nowMs)
          expect(n).toBe(ended.length)
          expect(ok).toBe(ended.filter(({ outcome }) => outcome === 'ok').length)
          const times = ended.map((one) =>
            one.outcome === 'ok' ? (one.endMs ?? 0) - one.intendedMs : Infinity,
          )
          expect(p95Ms).toBe(nearestRank(times, 0.95))
        }
      }),
    )
  })

  it('reads as much late in a drill as early: the window, and not the past', () => {
    const window = slidingWindow({ windowMs: 5000 })
    const readsIn = (fromMs: number) => {
      const { counted, reads } = countingReads(requestsFrom(fromMs, 2000, {}, 5))
      for (const [i, sample] of counted.entries()) {
        window.add(sample)
        if (i % 50 === 0) window.at(fromMs + i * 5)
      }
      return reads()
    }
    const rounds = Array.from({ length: 20 }, (_, i) => readsIn(i * 10_000))
    expect(rounds.at(-1)).toBe(rounds[1])
  })
})
