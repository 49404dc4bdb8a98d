import type { FaultOf } from '../drill/index.ts'
import { waitedMs } from './evidence.ts'
import type { Fault, FaultSite } from './fault.ts'
import { proveOnTheWay, unlessShare } from './network-proof.ts'
import { toxicFault } from './toxic-fault.ts'

/** Slows the target's answers on their way back. */
export function latency(site: FaultSite, spec: FaultOf<'latency'>): Fault {
  const whole = spec.share === 1
  // A jitter may shorten the delay; no answer comes sooner than this.
  const leastMs = Math.max(0, spec.latency - spec.jitter)
  return toxicFault(site, {
    kind: spec.kind,
    share: spec.share,
    whole,
    toxics: [
      {
        type: 'latency',
        stream: 'downstream',
        attributes: { latency: Math.round(spec.latency), jitter: Math.round(spec.jitter) },
      },
    ],
    lists: `lists +${spec.latency} ms on the answers of the ${site.target}`,
    prove: (evidence) =>
      proveOnTheWay(evidence, site, {
        whole,
        spared: (sample) => waitedMs(sample) < leastMs,
        as: ` within ${leastMs} ms`,
        felt: (sample) => waitedMs(sample) >= leastMs,
        unless: unlessShare(spec.share, 'they do not come through this proxy'),
      }),
  })
}
