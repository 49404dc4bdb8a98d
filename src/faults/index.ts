import type { FaultKind, FaultOf, FaultSpec } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { latency } from './latency.ts'
import { refused } from './refused.ts'
import { routerKilled } from './router-killed.ts'
import { revokeKey } from './revoke-key.ts'
import { slowFirstToken } from './slow-first-token.ts'

export type { Evidence, Fault, FaultSite, Proof, RouterSite } from './fault.ts'

type Make<K extends FaultKind> = (site: FaultSite, spec: FaultOf<K>) => Fault

const FAULTS: { [K in FaultKind]: Make<K> } = {
  // of the provider, made by its gate
  'revoke-key': revokeKey,
  'slow-first-token': slowFirstToken,
  // of the network, made by Toxiproxy
  latency,
  refused,
  // of the router, made by the stage
  'router-killed': routerKilled,
}

/** Makes the fault that a drill file names, for one site. */
export function createFault<K extends FaultKind>(site: FaultSite, spec: FaultOf<K> & FaultSpec): Fault {
  const make: Make<K> = FAULTS[spec.kind as K]
  return make(site, spec)
}
