import type { FaultOf } from '../drill/index.ts'
import type { Sample } from '../record/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { proveOnTheWay, unlessShare } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/** Passes the end of the target's connections on late. Only an answer that ends by the close of its connection feels it. */
export function slowClose(site: FaultSite, { kind, delay, share }: FaultOf<'slow-close'>): Fault {
  const waited = ({ startedMs, endMs }: Sample) =>
    startedMs !== null && endMs !== null && endMs - startedMs >= delay
  return toxicFault(site, {
    kind,
    share,
    whole: false,
    toxics: [{ type: 'slow_close', stream: 'downstream', attributes: { delay: Math.round(delay) } }],
    lists: `lists +${delay} ms on the close of the ${site.target}’s connections`,
    prove: (evidence) =>
      proveOnTheWay(evidence, site, {
        whole: false,
        spared: (sample) => !waited(sample),
        as: ` within ${delay} ms`,
        felt: waited,
        unless: unlessShare(
          share,
          'answers that say their own length, as all do with keep-alive or HTTP/2, do not wait for a close',
        ),
      }),
  })
}
