import type { FaultOf } from '../drill/index.ts'
import type { Fault, FaultSite } from './fault.ts'
import { gateFault } from './gate-fault.ts'
import { drawn } from './shown.ts'

/** Keeps the target silent from the first byte on, at its gate: the provider is asked only after the delay. */
export function slowHeaders(site: FaultSite, spec: FaultOf<'slow-headers'>): Fault {
  return gateFault(site, spec, {
    ...drawn(spec.share),
    did: () => `kept waiting ${spec.delay} ms for a header`,
    felt: ({ startedMs, headersMs, outcome }) =>
      headersMs === null || startedMs === null ? outcome === 'timeout' : headersMs - startedMs >= spec.delay,
  })
}
