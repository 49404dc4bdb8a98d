import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'

/** Bills the target's answers at a multiple of their price. Nobody but the ledger can tell. */
export function priceMultiplied(site: FaultSite, spec: FaultOf<'price-multiplied'>): Fault {
  return gateFault(site, spec, {
    // Dear is not broken: the target may serve as before.
    whole: false,
    spared: 'only an attempt that is billed at a known price shows it',
    did: () => `billed at ${spec.factor} times the price`,
  })
}
