import type { FaultOf } from '../drill/index.ts'
import { waitedMs } from './evidence.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'
import { drawn } from './shown.ts'

/** Delays the target's first token at its gate, for all requests or a share. Headers of streams are not delayed. */
export function slowFirstToken(site: FaultSite, spec: FaultOf<'slow-first-token'>): Fault {
  return gateFault(site, spec, {
    ...drawn(spec.share),
    did: () => `held back by ${spec.delay} ms`,
    felt: (sample) => waitedMs(sample) >= spec.delay,
  })
}
