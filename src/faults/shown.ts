import type { Lane } from '../base/index.ts'
import type { Attempt, Sample } from '../record/index.ts'
import { attemptsAt, both, controlAttempts, controlLane, tags, type Found } from './evidence.ts'
import type { Evidence, FaultSite, Proof } from './fault.ts'

/** How a fault of the gate shows, once it has taken hold. */
export interface Shown {
  /** Whether it hits every request to the target, and not only a share of them, or streams alone. */
  whole: boolean
  /** What it did to the attempts that it shaped: `answered 401 invalid_api_key`. */
  did: (attempts: readonly Attempt[]) => string
  /** Whether a control request felt it; left out where no client can, so that the ledger must tell of its attempt. */
  felt?: (sample: Sample) => boolean
  /** It shows in streams alone. */
  streams?: boolean
  /** Why an attempt at the target may have been spared, where that is not chance alone. */
  spared?: string
}

/** Proves a fault of the gate by attempts of the load that it shaped, and by the control lane. Pure. */
export function proofOf({ id, target }: FaultSite, shown: Shown, evidence: Evidence): Proof {
  // By the fault's id and not by the clock: it may shape an attempt before it is acknowledged, and a router that gives
  // up a provider at the first failure makes no other.
  const shaped = evidence.attempts.filter(
    ({ provider, lane, fault }) => provider === target && lane === 'main' && fault === id,
  )
  const load: Found | string =
    shaped.length === 0
      ? whyNone(target, shown, evidence, attemptsAt(target, 'main', evidence).length)
      : { words: `${countOf(shaped.length, 'marked request')} ${shown.did(shaped)}`, ids: tags(shaped) }
  const control = shown.felt === undefined ? controlAttempts(id, evidence) : controlLane(evidence, shown.felt)
  if (
    typeof load !== 'string' &&
    control === null &&
    shown.streams === true &&
    !asksForStreams('control', evidence)
  )
    return { proven: false, reason: 'the control lane has asked for no stream yet' }
  return both(load, control)
}

const asksForStreams = (of: Lane, { inForceMs, samples }: Evidence) =>
  samples.some(({ lane, stream, startedMs }) => lane === of && stream && (startedMs ?? 0) >= inForceMs)

/** Why no attempt of the load shows it, as far as can be told: what to change about the drill follows from it. */
function whyNone(
  target: FaultSite['target'],
  { streams, spared }: Shown,
  evidence: Evidence,
  asked: number,
): string {
  const { inForceMs, samples } = evidence
  const sent = samples.filter(({ lane, startedMs }) => lane === 'main' && (startedMs ?? 0) >= inForceMs)
  if (asked === 0) {
    return sent.length === 0
      ? 'no request of the load has ended yet'
      : `the router asked the ${target} nothing: ${countOf(sent.length, 'request')} of the load went elsewhere`
  }
  const why = `none of the load’s ${countOf(asked, 'request')} to the ${target} was hit`
  if (streams === true && sent.length > 0 && !asksForStreams('main', evidence))
    return `${why}: it shows in streams alone, and the load asked for none`
  return spared === undefined ? why : `${why}: ${spared}`
}

/** What follows from hitting a share of the requests, 0 to 1. */
export function drawn(share: number): Pick<Shown, 'whole' | 'spared'> {
  if (share >= 1) return { whole: true }
  return { whole: false, spared: `its share of ${Number((share * 100).toFixed(2))} % has drawn none of them` }
}

const countOf = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
