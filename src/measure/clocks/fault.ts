import type { FaultTarget, ProviderRole } from '../../base/index.ts'
import type { MeasuredAttempt, MeasuredSample, Span } from '../sample.ts'

/** What the clocks need to know of a fault: all moments in milliseconds from the drill's start. */
export interface FaultTimes {
  target: FaultTarget
  /** `network`: on the way to the provider (Toxiproxy); `provider`: in its answers (the gate). */
  kind: 'network' | 'provider'
  /** Whether every request to the target meets the fault; false for one that strikes a share of them. */
  whole: boolean
  /** Whether the other provider is faulted at the same time. */
  beside: boolean
  /** t0, when the fault was acknowledged; null when it never came into force, as when it was skipped. */
  inForceMs: number | null
  /** How long before t0 the fault may have begun to bite: the time that the call took. */
  uncertaintyMs: number | null
  /** When its undoing was begun; null if it was not, or is not known. */
  revertingMs: number | null
  /** When its undoing was acknowledged; null if it never was. */
  revertedMs: number | null
  /** When it was proven gone; null if it never was. */
  goneMs: number | null
  /** End of its restore phase, or of the records if the run ended before. */
  endOfRestoreMs: number
}

/** A change of a router's circuit towards a provider. */
export interface CircuitChange {
  atMs: number
  provider: ProviderRole
  state: 'closed' | 'open' | 'half-open'
}

export interface ClockInput {
  samples: readonly MeasuredSample[]
  attempts: readonly MeasuredAttempt[]
  /** Null when the router does not tell, as another one than the embedded may not. */
  circuits: readonly CircuitChange[] | null
  fault: FaultTimes
  /** Ids of the requests that the fault can hit, where it is held to some; the clocks are theirs. Else all it can. */
  struck?: ReadonlySet<string>
  /** The steady state before the drill's first fault; null if there was none. */
  baseline: Span | null
  p95TargetMs: number
}

export type DetectSource = 'attempt' | 'arrival-elsewhere' | 'client-failure'

/** The failover clocks of one fault, by the names of `result.json`. */
export interface FaultClocks {
  detectMs: number | null
  detectSource: DetectSource | null
  tripMs: number | null
  switchMs: number | null
  stableMs: number | null
  lastFailureMs: number | null
  failbackMs: number | null
  blipMs: number | null
  failedRequests: number
  slowRequests: number
  taxMs: number | null
  probes: number
  flaps: number
  inFlight: number
  failedSamples: string[]
  slowSamples: string[]
  /** Clock that was not reached, to the milliseconds waited for it. */
  notReached: Record<string, number>
  /** Clock that cannot be seen here, to the reason. */
  notObservable: Record<string, string>
}

/** A fault that is or was in force, and the records as the clocks read them. */
export interface Timeline {
  /** Counted requests by intended start. */
  requests: readonly MeasuredSample[]
  /** Main-lane attempts. */
  attempts: readonly MeasuredAttempt[]
  circuits: readonly CircuitChange[] | null
  target: FaultTarget
  /** The provider that stands in; null where the router itself was struck, and whoever answers will do. */
  other: ProviderRole | null
  network: boolean
  whole: boolean
  /** Whether the other provider is out as well, so that an answer from the cache is service, too. */
  beside: boolean
  t0: number
  /** The earliest moment at which the fault can have bitten: t0 less its uncertainty. */
  earliest: number
  /** The revert; the end of the records if there was none. */
  until: number
  /** From here on an answer of the target no longer speaks against the router: the fault was being undone. */
  undoing: number
  slow: (sample: MeasuredSample) => boolean
}

/** Whether it failed in the client's eyes: sent, and not ok. */
export const failed = ({ outcome }: MeasuredSample) => outcome !== 'ok' && outcome !== 'dropped'
