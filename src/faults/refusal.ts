import type { FaultOf } from '../drill/index.ts'
import type { Attempt } from '../record/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'
import { drawn } from './shown.ts'

/** Makes the target's gate refuse, in its vendor's words: rate limits, an empty quota, errors, what it is too small for. */
export function refusal(
  site: FaultSite,
  spec: FaultOf<'rate-limited' | 'quota-exhausted' | 'server-error' | 'overloaded' | 'request-refused'>,
): Fault {
  return gateFault(site, spec, {
    ...drawn(spec.share),
    did: answered,
    felt: ({ outcome }) => outcome === 'failed',
  })
}

/** `answered 401 invalid_api_key`, and whatever else it was. */
export function answered(attempts: readonly Attempt[]): string {
  const codes = new Set(attempts.map(({ status, code }) => `${status} ${code ?? ''}`.trim()))
  return `answered ${[...codes].join(', ')}`
}
