import { nearestRank } from '../percentiles.ts'
import type { MeasuredAttempt, MeasuredSample } from '../sample.ts'

/**
 * What a request pays for the failover: the median, over the stable requests, of the client's service time less the
 * serving attempt's time at the gate, minus the same in the baseline. Milliseconds; null when either has no success
 * that can be told to an attempt.
 */
export function tax(
  stable: readonly MeasuredSample[],
  baseline: readonly MeasuredSample[],
  attempts: readonly MeasuredAttempt[],
): number | null {
  const byTag = new Map(attempts.map((attempt) => [attempt.tag, attempt]))
  const now = medianOverhead(stable, byTag)
  const before = medianOverhead(baseline, byTag)
  return now === null || before === null ? null : now - before
}

function medianOverhead(
  samples: readonly MeasuredSample[],
  byTag: ReadonlyMap<string, MeasuredAttempt>,
): number | null {
  const overheads: number[] = []
  for (const { id, outcome, startedMs, endMs, tag } of samples) {
    const attempt = tag === null ? undefined : byTag.get(tag)
    if (
      outcome !== 'ok' ||
      startedMs === null ||
      endMs === null ||
      // A cached answer carries the tag of the attempt that made it, for another request.
      attempt?.requestId !== id ||
      attempt.endMs === null
    )
      continue
    overheads.push(endMs - startedMs - (attempt.endMs - attempt.startMs))
  }
  const median = nearestRank(overheads, 0.5)
  return median === 'inf' ? null : median
}
