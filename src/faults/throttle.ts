import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { heldUp, LEAST_ANSWER_BYTES } from './held-up.ts'
import { proveOnTheWay, unlessShare } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/** Lets the target's answers come back at so many bytes a second, each connection for itself. */
export function throttle(site: FaultSite, { kind, rate, share }: FaultOf<'throttle'>): Fault {
  return toxicFault(site, {
    kind,
    share,
    // Small answers hardly feel it, and a stream that trickles not at all: the target may still be worth asking.
    whole: false,
    toxics: [{ type: 'bandwidth', stream: 'downstream', attributes: { rate: rate / 1000 } }],
    lists: `lists at most ${rate / 1000} kB/s of answers of the ${site.target} on each connection`,
    prove: (evidence) =>
      proveOnTheWay(evidence, site, {
        whole: false,
        ...heldUp((LEAST_ANSWER_BYTES / rate) * 1000, evidence),
        unless: unlessShare(share, 'answers of this size do not feel this rate'),
      }),
  })
}
