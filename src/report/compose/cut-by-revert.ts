import { counts } from '../../measure/index.ts'
import type { Sample } from '../../record/index.ts'
import type { FaultStory, Story } from './story.ts'

/** A request that the undoing of a fault cut has failed by so long after it was acknowledged. */
const CUT_WITHIN_MS = 1000

/**
 * The requests that the undoing of each fault cut, by the fault's number: under way when it was undone, and failed for
 * want of a connection within a second. They are the tool's doing: a network that heals cuts nobody off.
 */
export function cutByReverts({ faults }: Story, samples: readonly Sample[]): Map<number, Sample[]> {
  return new Map(
    faults.flatMap((fault) => {
      const span = cuttingSpan(fault)
      return span === null ? [] : [[fault.number, samples.filter((sample) => wasCut(sample, span))]]
    }),
  )
}

interface CuttingSpan {
  beganMs: number
  doneMs: number
}

/** While it was being undone connections were cut; null where undoing cuts none, or none was. */
function cuttingSpan({ cutsOnRevert, reverting, reverted }: FaultStory): CuttingSpan | null {
  return cutsOnRevert && reverting !== null && reverted !== null
    ? { beganMs: reverting.atMs, doneMs: reverted.atMs }
    : null
}

function wasCut(sample: Sample, { beganMs, doneMs }: CuttingSpan): boolean {
  const { startedMs, endMs, outcome, class: failure } = sample
  return (
    counts(sample) &&
    outcome !== 'ok' &&
    failure === 'connection' &&
    startedMs !== null &&
    startedMs <= doneMs &&
    endMs !== null &&
    endMs >= beganMs &&
    endMs <= doneMs + CUT_WITHIN_MS
  )
}
