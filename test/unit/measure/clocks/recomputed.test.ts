import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../../src/base/index.ts'
import { faultClocks, type MeasuredSample } from '../../../../src/measure/index.ts'
import {
  countingReads,
  faultOf,
  requestsFrom,
  sampleOf,
  servedAttempts,
} from '../../../support/measure-timeline.ts'

const P95_TARGET_MS = 2500

/** A drill whose requests go wrong here and there, more so early in the outage and on the way home. */
function roughDrill(seed: number, share: number): MeasuredSample[] {
  const random = seededRandom(seed, 'rough drill')
  const samples = requestsFrom(0, 1800).map(({ id, intendedMs }) => {
    const early =
      (intendedMs - 60_000 > 0 && intendedMs < 66_000) || (intendedMs > 120_000 && intendedMs < 125_000)
    const [fails, slow, strays] = early ? [0.2, 0.3, 0.4] : [share, share * 8, share]
    const faulted = intendedMs >= 60_000 && intendedMs < 120_000
    const ok = random() >= fails
    const astray = random() < strays
    const endMs = intendedMs + (random() < slow ? 2000 + random() * 1500 : 100 + random() * 400)
    const servedBy = ok ? (faulted !== astray ? 'secondary' : 'primary') : null
    return sampleOf({ id, intendedMs, endMs, outcome: ok ? 'ok' : 'failed', servedBy })
  })
  return samples.toSorted((a, b) => (a.endMs ?? 0) - (b.endMs ?? 0))
}

const isGood = (
  window: MeasuredSample[],
  strays: (sample: MeasuredSample) => boolean,
  straysAllowed: number,
) => {
  if (window.some(({ outcome }) => outcome !== 'ok')) return false
  const times = window
    .map(({ endMs, intendedMs }) => (endMs ?? Infinity) - intendedMs)
    .toSorted((a, b) => a - b)
  return (times[94] ?? Infinity) < P95_TARGET_MS && window.filter(strays).length <= straysAllowed
}

/** Blueprint, section 6, one window of a hundred after the other. */
function stableSlowly(samples: MeasuredSample[]): number | null {
  const meant = samples
    .toSorted((a, b) => a.intendedMs - b.intendedMs)
    .filter(({ intendedMs }) => intendedMs < 120_000)
  const setters = meant
    .filter(
      ({ intendedMs, servedBy, endMs }) =>
        intendedMs >= 60_000 && servedBy === 'secondary' && (endMs ?? Infinity) <= 120_000,
    )
    .toSorted((a, b) => (a.endMs ?? 0) - (b.endMs ?? 0))
  const [setter] = setters
  if (setter === undefined) return null
  const after = meant.slice(meant.indexOf(setter))
  let begins: number | null = null
  for (let start = after.length - 100; start >= 0; start--) {
    const window = after.slice(start, start + 100)
    if (!isGood(window, ({ servedBy, endMs }) => servedBy === 'primary' && (endMs ?? 0) < 119_995, 0)) break
    begins = (after[start]?.intendedMs ?? NaN) - 60_000
  }
  return begins
}

function failbackSlowly(samples: MeasuredSample[], baselineStrays: number): number | null {
  const after = samples
    .toSorted((a, b) => a.intendedMs - b.intendedMs)
    .filter(({ intendedMs }) => intendedMs >= 120_000)
  let begins: number | null = null
  for (let start = after.length - 100; start >= 0; start--) {
    const window = after.slice(start, start + 100)
    if (!isGood(window, ({ servedBy }) => servedBy === 'secondary', Math.floor(5 + baselineStrays * 100)))
      break
    if (window[0]?.servedBy === 'primary') begins = window[0].intendedMs - 120_000
  }
  return begins
}

describe('the clocks recomputed by plain code', () => {
  it('agree on stable service, away and at home, for drills of every roughness', () => {
    const seen = { stable: 0, never: 0, home: 0, away: 0 }
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.constantFrom(0, 0.0005, 0.002, 0.005),
        (seed, share) => {
          const samples = roughDrill(seed, share)
          const clocks = faultClocks({
            samples,
            attempts: [],
            circuits: [],
            fault: faultOf(),
            baseline: { fromMs: 0, toMs: 60_000 },
            p95TargetMs: P95_TARGET_MS,
          })
          const baseline = samples.filter(
            ({ intendedMs, servedBy }) => intendedMs < 60_000 && servedBy !== null,
          )
          const strays = baseline.filter(({ servedBy }) => servedBy === 'secondary').length / baseline.length
          expect(clocks.stableMs).toBe(stableSlowly(samples))
          expect(clocks.failbackMs).toBe(failbackSlowly(samples, strays))
          seen[clocks.stableMs === null ? 'never' : 'stable']++
          seen[clocks.failbackMs === null ? 'away' : 'home']++
        },
      ),
      { numRuns: 60, seed: 1 },
    )
    // The drills would prove little if they all ended alike.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(3)
  })
})

describe('a large drill', () => {
  it('is read in steps that grow with its samples and not with their square', () => {
    const readsPerSample = (n: number) => {
      const samples = requestsFrom(0, n, {}, 180_000 / n)
      for (const sample of samples) {
        if (sample.intendedMs >= 60_000 && sample.intendedMs < 122_000) sample.servedBy = 'secondary'
      }
      const attempts = servedAttempts(samples, 150)
      const { counted, reads } = countingReads(samples)
      const baseline = { fromMs: 0, toMs: 60_000 }
      const clocks = faultClocks({
        samples: counted,
        attempts,
        circuits: [],
        fault: faultOf(),
        baseline,
        p95TargetMs: P95_TARGET_MS,
      })
      expect(clocks.failbackMs).toBeCloseTo(2000, -2)
      return reads() / n
    }
    // Sorting is what grows: log2 of 64,000 is 1.45 times that of 2,000.
    expect(readsPerSample(64_000) / readsPerSample(2000)).toBeLessThan(2)
  })
})
