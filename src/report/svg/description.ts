import type { Result } from '../../record/index.ts'
import { count, counted, span } from '../format.ts'
import { isBeside } from '../own-outage.ts'

/** Says in words what the picture shows, for those who cannot see it. */
export function description({ faults, phases, run }: Result): string {
  const requests = phases.reduce((sum, phase) => sum + phase.requests, 0)
  const failed = phases.reduce((sum, phase) => sum + phase.failed, 0)
  const told = faults.map((fault, index) => {
    const name = `Fault ${index + 1}, ${fault.kind} on ${fault.target}`
    if (fault.inForceMs === null) return `${name}, was never in force.`
    const length =
      fault.revertedMs === null ? 'and was never undone' : `for ${span(fault.revertedMs - fault.inForceMs)}`
    if (isBeside(fault))
      return `${name}, was in force from ${span(fault.inForceMs)} ${length} beside fault ${(fault.beside ?? 0) + 1}, so that no provider was left.`
    const stable =
      fault.stableMs === null
        ? 'stable service was not reached'
        : `stable service after ${span(fault.stableMs)}`
    return `${name}, was in force from ${span(fault.inForceMs)} ${length}; ${stable}; ${fault.failedRequests === 0 ? 'no request' : counted(fault.failedRequests, 'request')} failed.`
  })
  const head = `A timeline of ${span(run.durationMs)} with ${counted(phases.length, 'phase')} and ${requests === 0 ? 'no requests' : `${counted(requests, 'request')}, of which ${failed === 0 ? 'none' : count(failed)} failed`}.`
  return [head, ...told].join(' ')
}
