import type { Span } from '../../measure/index.ts'
import type { Records, Sample } from '../../record/index.ts'
import type { FaultStory, Story } from './story.ts'

/** The records that a fault is measured by. */
export type Nearby = Pick<Records, 'samples' | 'attempts'>

/**
 * Tells the requests that were in flight when a later fault struck: they belong to that outage. Meant in the restore
 * phase of the one before, they would otherwise say that it never came home.
 */
export function struckLater({ faults }: Story, fault: FaultStory): (sample: Sample) => boolean {
  const later = faults.flatMap(({ number, inForce }) =>
    number > fault.number && number !== fault.beside?.number && inForce !== null ? [inForce] : [],
  )
  return ({ startedMs, endMs }) =>
    startedMs !== null &&
    later.some(({ atMs, uncertaintyMs }) => startedMs < atMs && (endMs ?? Infinity) > atMs - uncertaintyMs)
}

/** Longer than any request lasts, so that what was in flight when a fault struck is near it. */
const LONGEST_MS = 120_000

/**
 * The records that can say anything about one fault: the baseline, and what was meant or begun from shortly before the
 * fault until the end of its restore phase. Half an hour at fifty requests a second is gone through once, and not
 * again and again.
 */
export function nearby(fault: FaultStory, baseline: Span | null, { samples, attempts }: Records): Nearby {
  const fromMs = (fault.requested?.atMs ?? fault.restoreEndMs) - LONGEST_MS
  const isNear = (ms: number) =>
    (ms >= fromMs && ms <= fault.restoreEndMs) ||
    (baseline !== null && ms >= baseline.fromMs && ms < baseline.toMs + LONGEST_MS)
  return {
    samples: samples.filter(({ intendedMs }) => isNear(intendedMs)),
    attempts: attempts.filter(({ startMs }) => isNear(startMs)),
  }
}

/** The steady state before the first fault; null if the drill had none. */
export function baselineSpan({ phases, faults }: Story): Span | null {
  const firstMs = Math.min(...faults.map(({ requested }) => requested?.atMs ?? Infinity))
  const baseline = phases.find(({ kind, startMs }) => kind === 'baseline' && startMs < firstMs)
  return baseline === undefined ? null : { fromMs: baseline.startMs, toMs: Math.min(baseline.endMs, firstMs) }
}
