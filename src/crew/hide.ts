import type { JournalEntry } from '../record/index.ts'
import type { LiveStatus } from './crew.ts'

const HIDDEN = 'hidden until the debrief'

/** An entry as those may see it who are to find out what is broken: that something is, but not what. */
export function hideEntry(entry: JournalEntry): JournalEntry {
  const { type } = entry
  // Whoever knows the seed can draw the faults again.
  if (type === 'run.started') return { ...entry, run: { ...entry.run, seed: 0, command: HIDDEN } }
  if (type === 'rollback.recorded' && entry.fault !== null) return { ...entry, what: HIDDEN }
  // They always look as if they struck the primary: whom they strike tells what they are.
  if (type === 'fault.requested')
    return {
      ...entry,
      kind: 'the fault',
      target: 'primary',
      parameters: {},
      network: false,
      whole: true,
      capMs: 0,
    }
  // What people said about it is theirs to know; what the system did names the fault before.
  if (type === 'fault.skipped')
    return { ...entry, kind: 'the fault', reason: entry.by === 'people' ? entry.reason : HIDDEN }
  if (type === 'fault.in-force' || type === 'fault.reverted') return { ...entry, detail: HIDDEN }
  if (type === 'rollback.undone') return { ...entry, detail: HIDDEN, theirs: [] }
  if (type === 'fault.proven' || type === 'fault.gone') return { ...entry, proof: HIDDEN, evidence: [] }
  if (type === 'fault.not-proven') return { ...entry, reason: HIDDEN }
  if (type === 'router.circuit') return { ...entry, reason: `why is ${HIDDEN}`, class: null }
  return entry
}

/** Whether everybody may know from now on: in the debrief, and when the drill ends before it or needs their help. */
export function isReveal(entry: JournalEntry): boolean {
  return (
    ['run.ended', 'abort', 'fault.not-gone'].includes(entry.type) ||
    (entry.type === 'phase.started' && (entry.kind === 'debrief' || entry.kind === 'close'))
  )
}

/** The status without the name of what is broken. */
export function hideStatus(status: LiveStatus): LiveStatus {
  if (status.fault === null) return status
  const { beside: _, ...fault } = status.fault
  return { ...status, fault: { ...fault, kind: null } }
}
