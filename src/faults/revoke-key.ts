import type { FaultOf } from '../drill/index.ts'
import { attemptsShapedBy, both, controlLane, tags, type Found } from './evidence.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'

/** Revokes the target's key at its gate, which answers from then on as the vendor would. Live answers run on. */
export function revokeKey(site: FaultSite, spec: FaultOf<'revoke-key'>): Fault {
  return {
    kind: spec.kind,
    network: false,
    whole: spec.spreadOver === 0,
    ...gateFault(site, spec),
    prove: (evidence) => {
      const refused = attemptsShapedBy(site.id, evidence, site.target).filter(
        ({ failure }) => failure !== null,
      )
      const codes = [...new Set(refused.map(({ status, code }) => `${status} ${code ?? ''}`.trim()))].join(
        ', ',
      )
      const load: Found | string =
        refused.length === 0
          ? 'no request of the load was refused by the gate'
          : {
              words: `${refused.length} marked request${refused.length === 1 ? '' : 's'} answered ${codes}`,
              ids: tags(refused),
            }
      return both(
        load,
        controlLane(evidence, ({ outcome }) => outcome === 'failed'),
      )
    },
  }
}
