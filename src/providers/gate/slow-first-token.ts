import type { FaultOf } from '../../drill/index.ts'
import type { ApplyFault } from './fault.ts'

/**
 * Holds back the first token of a share of the answers. The headers of a stream leave at once, because a provider that
 * is slow in this way has accepted the request long before it says a word.
 */
export const applySlowFirstToken: ApplyFault<FaultOf<'slow-first-token'>> = ({ delay, share }, place) =>
  place.slowness.add(place.provider, {
    faultId: place.id,
    delayMs: () => (place.random() < share ? delay : 0),
  })
