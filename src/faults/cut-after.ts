import type { FaultOf } from '../drill/index.ts'
import type { Sample } from '../record/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { lostConnection, proveOnTheWay, unlessShare, type Marks } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/** Closes a connection to the target once so many bytes of answers have come over it. */
export function cutAfter(site: FaultSite, spec: FaultOf<'cut-after'>): Fault {
  const marks = cutMarks(spec)
  return toxicFault(site, {
    kind: spec.kind,
    share: spec.share,
    whole: marks.whole,
    toxics: [limitTo(spec.bytes)],
    lists: `lists a limit of ${spec.bytes} bytes of answers of the ${site.target} on each connection`,
    prove: (evidence) => proveOnTheWay(evidence, site, marks),
  })
}

export const limitTo = (bytes: number) =>
  ({ type: 'limit_data', stream: 'downstream', attributes: { bytes } }) as const

/** The bytes are counted for a connection and not for an answer: with keep-alive some answers are whole before it ends. */
export const cutMarks = ({ bytes, share }: { bytes: number; share: number }): Marks => ({
  whole: share === 1 && bytes === 0,
  spared: () => true,
  felt: (sample: Sample) => sample.outcome === 'truncated' || lostConnection(sample),
  unless: unlessShare(
    share,
    `no connection has carried ${bytes} bytes of answers yet, for they are counted for each connection`,
  ),
})
