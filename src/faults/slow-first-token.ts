import type { FaultOf } from '../drill/index.ts'
import { attemptsShapedBy, both, controlLane, tags, waitedMs, type Found } from './evidence.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'

/** Delays the target's first token at its gate, for all requests or a share. Headers of streams are not delayed. */
export function slowFirstToken(site: FaultSite, spec: FaultOf<'slow-first-token'>): Fault {
  return {
    kind: spec.kind,
    network: false,
    whole: spec.share === 1,
    ...gateFault(site, spec),
    prove: (evidence) => {
      const held = attemptsShapedBy(site.id, evidence, site.target)
      const load: Found | string =
        held.length === 0
          ? 'no request of the load was held back by the gate'
          : {
              words: `${held.length} marked request${held.length === 1 ? '' : 's'} held back by ${spec.delay} ms`,
              ids: tags(held),
            }
      return both(
        load,
        controlLane(evidence, (sample) => waitedMs(sample) >= spec.delay),
      )
    },
  }
}
