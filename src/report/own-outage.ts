import type { FaultResult } from '../record/index.ts'

/** Whether a fault is in an outage that is another's: that of the primary's in the same phase. */
export const isBeside = ({ target, beside }: Pick<FaultResult, 'target' | 'beside'>) =>
  target === 'secondary' && beside !== undefined

/** The faults that have an outage of their own, each with its index in the drill. */
export function ownOutages(faults: readonly FaultResult[]): { fault: FaultResult; index: number }[] {
  return faults
    .map((fault, index) => ({ fault, index }))
    .filter(({ fault }) => fault.inForceMs !== null && !isBeside(fault))
}
