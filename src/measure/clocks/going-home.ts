import type { FaultTarget } from '../../base/index.ts'
import type { MeasuredSample } from '../sample.ts'
import { failed, type Timeline } from './fault.ts'
import { STRETCH, stretchStart } from './stretch.ts'

/** A healthy router sends a request elsewhere now and then: steady state allows 5 %, so coming home does too. */
const ASTRAY_AT_HOME = 0.05

/**
 * A canary draws, and chance alone sends more than 15 of a hundred elsewhere where it is 10 on average: one hundred in 25
 * has as many. More than four standard deviations, which are 12, has one in 10,000.
 */
const CHANCE = 4

/**
 * Finds the intended start of the first request after the revert that the restored target served and from which on,
 * until the end of the restore phase, every 100 in a row have no failure, a p95 within its objective, and at most 5 %
 * more served by the other provider than in the baseline, or as many as chance makes of that. Null if not reached or
 * fewer than 100 were left.
 *
 * Not "none by the other provider", the mirror image of going away: one request in thousands fails over on a good
 * day, and a good router must not be found to have come home only after it. A target that serves next to nothing in
 * the baseline (`homeShare`, 0 to 1), as a secondary does, need not serve the first request either.
 */
export function failback(
  { requests, target, other, slow }: Pick<Timeline, 'requests' | 'target' | 'other' | 'slow'>,
  { revertedMs, endOfRestoreMs }: { revertedMs: number; endOfRestoreMs: number },
  homeShare: number,
): number | null {
  const after = requests.filter(({ intendedMs }) => intendedMs >= revertedMs && intendedMs < endOfRestoreMs)
  // Rounded first: 1 - 0.95 + 0.05 is 0.10000000000000005 in binary.
  const chance = CHANCE * Math.sqrt((homeShare * (1 - homeShare)) / STRETCH)
  // However small a share is, one of the hundred has to come home.
  const more = Math.max(ASTRAY_AT_HOME, Math.min(chance, homeShare - 1 / STRETCH))
  const astrayAllowed = Math.floor(Number(((1 - homeShare + more) * STRETCH).toPrecision(12)))
  const marks = after.map((request) => ({
    failed: failed(request),
    slow: slow(request),
    astray: request.servedBy === other,
  }))
  const start = stretchStart(marks, 0, astrayAllowed)
  if (start === null) return null
  const atHome = (sample: MeasuredSample) => sample.servedBy === target || astrayAllowed >= STRETCH
  const first = after.slice(start, after.length - STRETCH + 1).find(atHome)
  return first?.intendedMs ?? null
}

/** The share of the baseline's successes that the target served, of those whose server is known; 1 without any. */
export function homeShare(steady: readonly MeasuredSample[], target: FaultTarget): number {
  const served = steady.filter(({ servedBy }) => servedBy !== null && servedBy !== 'cache')
  return served.length === 0 ? 1 : served.filter(({ servedBy }) => servedBy === target).length / served.length
}
