import { STRETCH } from '../measure/index.ts'
import type { FaultResult, Result } from '../record/index.ts'
import { isBeside } from './own-outage.ts'

/** One of the demands that a drill makes of every failover, held against one fault. */
export interface TargetResult {
  id: 'failover' | 'failback' | 'tax'
  targetMs: number
  observedMs: number | null
  /** How long was waited for a clock that was not reached. */
  waitedMs: number | null
  verdict: 'met' | 'missed' | 'inconclusive'
  /** Why nothing can be said; null where something can. */
  why: string | null
  /** What else was the matter, where it was missed. */
  because?: string
}

type Times = Pick<
  FaultResult,
  | 'target'
  | 'beside'
  | 'inForceMs'
  | 'outageEndMs'
  | 'objectives'
  | 'notReached'
  | 'notObservable'
  | 'stableMs'
  | 'failbackMs'
  | 'taxMs'
>

/**
 * Holds one fault's clocks against the drill's targets; nothing for a fault that never came into force, or that has no
 * outage of its own. Where both providers were out and the cache stood in for them, no attempt says what a request paid.
 */
export function judgeTargets(fault: Times, targets: Result['targets']): TargetResult[] {
  if (fault.inForceMs === null || isBeside(fault)) return []
  const taxed = fault.beside === undefined || fault.taxMs !== null
  return [
    judge(
      fault,
      'failover',
      fault.stableMs,
      targets.failoverMs,
      fault.notReached['stable'],
      fault.notObservable['stable'],
    ),
    judge(
      fault,
      'failback',
      fault.failbackMs,
      targets.failbackMs,
      fault.notReached['failback'],
      fault.notObservable['failback'],
    ),
    ...(taxed
      ? [judge(fault, 'tax', fault.taxMs, targets.taxMs, undefined, fault.notObservable['tax'])]
      : []),
  ]
}

function judge(
  fault: Times,
  id: TargetResult['id'],
  observedMs: number | null,
  targetMs: number,
  waitedMs: number | undefined,
  unseen: string | undefined,
): TargetResult {
  const result = { id, targetMs, observedMs, waitedMs: waitedMs ?? null }
  if (observedMs !== null) return { ...result, verdict: observedMs <= targetMs ? 'met' : 'missed', why: null }
  const why = whyUnknown(fault, targetMs, waitedMs, unseen)
  if (why !== null) return { ...result, verdict: 'inconclusive', why }
  const alone = id === 'failover' && fault.beside !== undefined
  return { ...result, verdict: 'missed', why, ...(alone ? { because: 'no provider was left' } : {}) }
}

/** A clock that stood for longer than its target, with requests enough to see it move, was missed; else who knows. */
function whyUnknown(
  fault: Times,
  targetMs: number,
  waitedMs: number | undefined,
  unseen: string | undefined,
): string | null {
  if (waitedMs === undefined) return unseen ?? 'it was not measured'
  if (waitedMs < targetMs) return 'the wait for it ended before its target did'
  const { inForceMs, outageEndMs, objectives } = fault
  const requests = objectives.find(({ id }) => id === 'success')?.n ?? 0
  const lengthMs = (outageEndMs ?? 0) - (inForceMs ?? 0)
  const inWait = lengthMs <= 0 ? 0 : requests * Math.min(1, waitedMs / lengthMs)
  return inWait < STRETCH ? `fewer than ${STRETCH} requests were sent meanwhile` : null
}
