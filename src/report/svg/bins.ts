import type { Sample } from '../../record/index.ts'

/** Failures are drawn apart by how they ended, because a timeout may have been billed and a cut stream was half read. */
export const FAILED_OUTCOMES = ['failed', 'timeout', 'truncated'] as const
export type FailedOutcome = (typeof FAILED_OUTCOMES)[number]

export interface Bin {
  fromMs: number
  counts: Record<FailedOutcome, number>
  total: number
}

/** Length of a bar: a second, or the least round number of seconds that leaves a bar wide enough for its pattern. */
export function binLength(durationMs: number, plotWidth: number): number {
  const least = (durationMs / plotWidth) * 4
  return [1000, 2000, 5000, 10_000, 15_000, 30_000].find((ms) => ms >= least) ?? 60_000
}

/** Counts failures by the intended start of the request; bins without any are left out. */
export function failureBins(samples: readonly Sample[], lengthMs: number): Bin[] {
  const bins = new Map<number, Bin>()
  for (const { outcome, intendedMs } of samples) {
    if (outcome === 'ok' || outcome === 'dropped') continue
    const fromMs = Math.floor(intendedMs / lengthMs) * lengthMs
    const bin = bins.get(fromMs) ?? { fromMs, counts: { failed: 0, timeout: 0, truncated: 0 }, total: 0 }
    bin.counts[outcome]++
    bin.total++
    bins.set(fromMs, bin)
  }
  return [...bins.values()].sort((a, b) => a.fromMs - b.fromMs)
}
