import type { FaultOf } from '../../drill/index.ts'
import type { ApplyFault } from './fault.ts'

/**
 * Revokes a provider's key. Requests that come from then on are refused as the vendor would; answers under way run on,
 * as they do when a vendor revokes. With `spreadOver` the share refused grows evenly from none to all over that time:
 * users report that a revoked key still works now and then, for minutes.
 */
export const applyRevokeKey: ApplyFault<FaultOf<'revoke-key'>> = ({ shape, spreadOver }, place) => {
  const { id, provider, keys, clock, random } = place
  const sinceMs = clock.now()
  const share = () => (spreadOver <= 0 ? 1 : Math.min(1, (clock.now() - sinceMs) / spreadOver))
  return keys.revoke(provider, {
    faultId: id,
    shape,
    refuses: () => random() < share(),
    complete: () => share() >= 1,
  })
}
