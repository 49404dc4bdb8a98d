import type { FaultOf } from '../drill/index.ts'
import { cutMarks, limitTo } from './cut-after.ts'
import type { Fault, FaultSite } from './fault.ts'
import { proveOnTheWay } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/**
 * Resets a connection to the target once so many bytes of answers have come over it. The limit ends it; the reset_peer
 * beside it makes the end a reset. It hits no connection, for it would drop the first byte: its mere presence as a
 * connection opens decides how that one will be cut (Shopify/toxiproxy#603).
 */
export function resetMidAnswer(site: FaultSite, spec: FaultOf<'reset-mid-answer'>): Fault {
  const marks = cutMarks(spec)
  return toxicFault(site, {
    kind: spec.kind,
    share: spec.share,
    whole: marks.whole,
    toxics: [
      limitTo(spec.bytes),
      { type: 'reset_peer', stream: 'downstream', toxicity: 0, attributes: { timeout: 0 } },
    ],
    lists: `lists a limit of ${spec.bytes} bytes of answers of the ${site.target} on each connection, and a reset_peer`,
    prove: (evidence) => proveOnTheWay(evidence, site, marks),
  })
}
