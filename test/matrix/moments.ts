/** The moments of a drill at which it is ended, in the order in which they come. */
export const MOMENTS = [
  'before the record',
  'between record and apply',
  'during apply',
  'fault in force',
  'during revert',
  'between revert and proof',
] as const
export type Moment = (typeof MOMENTS)[number]

/** What shows that the moment is now: without it a row would prove nothing. */
export interface Evidence {
  /** Whether the rollback record of the fault is on disk. */
  record: boolean
  /** Whether the server has the fault in force, and a real request through the proxy feels it. */
  inForce: boolean
  /** What the journal says by now, and what it does not say yet. */
  said: string
  unsaid: string
}

export const EVIDENCE: Record<Moment, Evidence> = {
  'before the record': { record: false, inForce: false, said: 'gate.decided', unsaid: 'fault.requested' },
  'between record and apply': {
    record: true,
    inForce: false,
    said: 'fault.requested',
    unsaid: 'fault.in-force',
  },
  'during apply': { record: true, inForce: true, said: 'fault.requested', unsaid: 'fault.in-force' },
  'fault in force': { record: true, inForce: true, said: 'fault.proven', unsaid: 'fault.reverting' },
  'during revert': { record: true, inForce: true, said: 'fault.reverting', unsaid: 'fault.reverted' },
  'between revert and proof': { record: true, inForce: false, said: 'fault.reverted', unsaid: 'fault.gone' },
}
