import type { Sample } from '../record/index.ts'
import { both, controlLane, ids, mainLane, type Found } from './evidence.ts'
import type { Evidence, FaultSite, Proof } from './fault.ts'

/** How requests show whether a fault of the network reached them. */
export interface Marks {
  /** Whether every request must show it; if not, one that does is enough. */
  whole: boolean
  /** Whether an answer of the target came as if nothing were wrong. */
  spared: (sample: Sample) => boolean
  /** What that means: ` within 4000 ms`. Empty where no answer may come at all. */
  as?: string
  /** Whether a request of the control lane felt it. */
  felt: (sample: Sample) => boolean
  /** Why it may not take hold of this target although it is in force. */
  unless: string
}

/**
 * Looks for a fault of the network on the load and on the control lane, and says what kept it from taking hold. The gate
 * cannot feel such a fault: what counts is what came back to the callers.
 */
export function proveOnTheWay(
  evidence: Evidence,
  { target }: Pick<FaultSite, 'target'>,
  marks: Marks,
): Proof {
  const { whole, spared, as = '', felt, unless } = marks
  const control = controlLane(evidence, felt)
  const sent = mainLane(evidence)
  const through = sent.filter((sample) => sample.servedBy === target && spared(sample))
  const load = (): Found | string => {
    if (sent.length === 0)
      return 'no request of the load has ended yet that was sent since, so that nothing could feel it'
    if (whole ? through.length > 0 : through.length === sent.length) {
      const why =
        // Of a fault of the secondary it is not asked, which is no sign of anything.
        control === null || control.ids.length === 0
          ? unless
          : 'the control lane felt it, so their connections escape it: opened before it, or not through this proxy'
      return `${through.length} requests of the load were still served by the ${target}${as}: ${why}`
    }
    const hit = sent.filter((sample) => !through.includes(sample))
    return {
      words: whole
        ? `none of ${sent.length} marked requests was served by the ${target}${as}`
        : `${hit.length} of ${sent.length} marked requests were not served by the ${target}${as}`,
      ids: ids(hit),
    }
  }
  const found = load()
  return control === null && typeof found !== 'string'
    ? { proven: false, reason: `the control lane did not feel it: ${silence(evidence, unless)}` }
    : both(found, control)
}

function silence({ samples, inForceMs }: Evidence, unless: string): string {
  const asked = samples.filter(({ lane, startedMs }) => lane === 'control' && (startedMs ?? 0) >= inForceMs)
  return asked.length === 0
    ? 'no request of its own has ended yet that was sent since'
    : `${asked.length} of its requests ended as if nothing were wrong: ${unless}`
}

export const FEW_CONNECTIONS =
  'it hits a share of the connections, and those of a keep-alive pool are few, that of HTTP/2 is one'

/** Says why a fault may not take hold, and where only a share is hit, that chance may be why. */
export const unlessShare = (share: number, unless: string) =>
  share === 1 ? unless : `${unless}; or ${FEW_CONNECTIONS}`

export const lostConnection = ({ class: failure }: Sample) => failure === 'connection'
