import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'
import { answered } from './refusal.ts'

/** Revokes the target's key at its gate, which answers from then on as the vendor would. Live answers run on. */
export function revokeKey(site: FaultSite, spec: FaultOf<'revoke-key'>): Fault {
  return gateFault(site, spec, {
    whole: spec.spreadOver === 0,
    did: answered,
    felt: ({ outcome }) => outcome === 'failed',
    ...(spec.spreadOver > 0 && { spared: 'the revocation has not spread far enough' }),
  })
}
