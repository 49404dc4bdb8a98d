import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { lostConnection, proveOnTheWay, unlessShare } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/**
 * Swallows the target's answers: connections are made and stay open, and nothing comes back. By a timeout toxic of 0;
 * a bandwidth of 0 did the same until Toxiproxy 2.13, which lets everything through.
 */
export function blackHole(site: FaultSite, { kind, share }: FaultOf<'black-hole'>): Fault {
  const whole = share === 1
  return toxicFault(site, {
    kind,
    share,
    whole,
    toxics: [{ type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } }],
    lists: `lists a timeout of 0 on the answers of the ${site.target}, which swallows them`,
    cutsOnRevert: true,
    prove: (evidence) =>
      proveOnTheWay(evidence, site, {
        whole,
        spared: () => true,
        felt: (sample) => sample.outcome === 'timeout' || lostConnection(sample),
        unless: unlessShare(share, 'they do not come through this proxy'),
      }),
  })
}
