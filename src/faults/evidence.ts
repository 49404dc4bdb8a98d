import type { Lane, ProviderRole } from '../base/index.ts'
import type { Attempt, Sample } from '../record/index.ts'
import type { Evidence, Proof } from './fault.ts'

const MOST_EVIDENCE = 10

/** Words and ids of what was found, or what is still wanting. */
export interface Found {
  words: string
  ids: string[]
}

/**
 * The control lane's requests that were sent after the fault came into force and felt it. It asks the primary alone: of
 * a fault of the secondary it is not asked.
 */
export function controlLane(
  { target, inForceMs, samples }: Evidence,
  felt: (sample: Sample) => boolean,
): Found | null {
  if (target === 'secondary') return NOT_ASKED
  const after = samples.filter((sample) => sample.lane === 'control' && (sample.startedMs ?? 0) >= inForceMs)
  const hit = after.filter(felt)
  if (hit.length === 0) return null
  return { words: `the control lane felt it (${hit.length} of ${after.length})`, ids: ids(hit) }
}

/**
 * The control lane’s attempts that the gate says were shaped by its fault: what no client can feel, the ledger shows.
 */
export function controlAttempts(fault: string, evidence: Evidence): Found | null {
  if (evidence.target === 'secondary') return NOT_ASKED
  const asked = attemptsAt('primary', 'control', evidence)
  const hit = asked.filter((attempt) => attempt.fault === fault)
  if (hit.length === 0) return null
  return { words: `the control lane met it (${hit.length} of ${asked.length})`, ids: tags(hit) }
}

const NOT_ASKED: Found = {
  words: 'the control lane, which asks the primary alone, was not asked',
  ids: [],
}

/** The attempts of a lane at the target since the fault came into force. */
export function attemptsAt(target: ProviderRole, lane: Lane, { inForceMs, attempts }: Evidence): Attempt[] {
  return attempts.filter(
    (attempt) => attempt.provider === target && attempt.lane === lane && attempt.startMs >= inForceMs,
  )
}

/**
 * The load's own requests that were sent after the fault came into force. Those that the primary served say nothing of
 * the secondary: nobody asked it.
 */
export function mainLane({ target, inForceMs, samples }: Evidence): Sample[] {
  return samples.filter(
    ({ lane, startedMs, outcome, servedBy }) =>
      lane === 'main' &&
      (startedMs ?? 0) >= inForceMs &&
      (target !== 'secondary' || (outcome !== 'dropped' && servedBy !== 'primary')),
  )
}

export const ids = (samples: readonly Sample[]) => samples.slice(0, MOST_EVIDENCE).map(({ id }) => id)
export const tags = (attempts: readonly Attempt[]) => attempts.slice(0, MOST_EVIDENCE).map(({ tag }) => tag)

/** Both the load and the control lane must have felt a fault before it counts as proven. */
export function both(load: Found | string, control: Found | null): Proof {
  if (typeof load === 'string') return { proven: false, reason: load }
  if (control === null) return { proven: false, reason: 'the control lane did not feel it' }
  return { proven: true, proof: `${load.words}; ${control.words}`, evidence: [...load.ids, ...control.ids] }
}

/** How long the caller waited for content: for ever if its patience ended, no measurable time if it failed sooner. */
export function waitedMs({ firstTokenMs, startedMs, outcome }: Sample): number {
  if (firstTokenMs === null || startedMs === null) return outcome === 'timeout' ? Infinity : 0
  return firstTokenMs - startedMs
}
