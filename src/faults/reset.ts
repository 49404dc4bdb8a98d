import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { lostConnection, proveOnTheWay, unlessShare } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/**
 * Resets the connection under every request to the target, before it gets there. What comes is a true reset on
 * connections made since; one that was open before is closed plainly, for Toxiproxy decides that as a connection opens.
 */
export function reset(site: FaultSite, { kind, share }: FaultOf<'reset'>): Fault {
  const whole = share === 1
  return toxicFault(site, {
    kind,
    share,
    whole,
    toxics: [{ type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } }],
    lists: `lists a reset_peer on the requests to the ${site.target}`,
    prove: (evidence) =>
      proveOnTheWay(evidence, site, {
        whole,
        spared: () => true,
        felt: lostConnection,
        unless: unlessShare(share, 'they do not come through this proxy'),
      }),
  })
}
