import type { FaultSpec } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { latency } from './latency.ts'
import { refused } from './refused.ts'
import { revokeKey } from './revoke-key.ts'
import { slowFirstToken } from './slow-first-token.ts'

export type { Evidence, Fault, FaultSite, Proof } from './fault.ts'

/** Makes the fault that a drill file names, for one site. */
export function createFault(site: FaultSite, spec: FaultSpec): Fault {
  switch (spec.kind) {
    case 'revoke-key':
      return revokeKey(site, spec)
    case 'slow-first-token':
      return slowFirstToken(site, spec)
    case 'latency':
      return latency(site, spec)
    case 'refused':
      return refused(site, spec)
  }
}
