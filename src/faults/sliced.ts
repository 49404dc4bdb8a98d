import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { heldUp, LEAST_ANSWER_BYTES } from './held-up.ts'
import { proveOnTheWay, unlessShare } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/** Cuts the target's answers into small pieces, with a pause after each. */
export function sliced(site: FaultSite, spec: FaultOf<'sliced'>): Fault {
  const { size, variation, delay, share } = spec
  const leastPieces = Math.floor(LEAST_ANSWER_BYTES / (size + variation))
  return toxicFault(site, {
    kind: spec.kind,
    share,
    // An answer is late by its length: whether the target is still worth asking depends on the answers.
    whole: false,
    toxics: [
      {
        type: 'slicer',
        stream: 'downstream',
        attributes: {
          average_size: size,
          size_variation: variation,
          // Microseconds, for once.
          delay: Math.round(delay * 1000),
        },
      },
    ],
    lists: `lists pieces of ${size} ± ${variation} bytes, ${delay} ms apart, of the answers of the ${site.target}`,
    prove: (evidence) =>
      proveOnTheWay(evidence, site, {
        whole: false,
        ...heldUp((leastPieces - 1) * delay, evidence),
        unless: unlessShare(share, 'answers of this size do not feel pieces of that one'),
      }),
  })
}
