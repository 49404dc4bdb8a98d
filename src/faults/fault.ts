import type { Clock, FaultTarget, ProviderRole } from '../base/index.ts'
import type { FaultKind } from '../drill/index.ts'
import type { GateControl } from '../providers/index.ts'
import type { Attempt, Observed, Sample, Undo } from '../record/index.ts'
import type { ToxiproxyControl } from '../toxiproxy/index.ts'

/** What a fault is applied to, and with. */
export interface FaultSite {
  /** Unique in the run: names the toxic or the gate's fault. */
  id: string
  target: ProviderRole
  /** The gate ends its own faults after this by itself; so does the engine. */
  capMs: number
  toxiproxy: ToxiproxyControl
  /** Whether that server is gameday's own or the original. */
  toxiproxyKind: 'embedded' | 'external'
  /** Whether the gate, and an embedded Toxiproxy, are parts of the run's own process and die with it. */
  stageWithRun: boolean
  /** A URL through the proxy that its gate answers also when the run is dead; null where the gate dies with it. */
  through: string | null
  /** Name of the proxy in front of the target's gate. */
  proxy: string
  gate: GateControl
  gateUrl: string
  gateToken: string
  /** The run's own router; absent where it is somebody else's. */
  router?: RouterSite
  /** Whoever can do what is done by hand. */
  hand?: HandSite
  /** Sends one real request through the target's proxy, with its key, and says how it ended. */
  probe(): Promise<Observed>
  /** For a fault that keeps changing its state. */
  clock: Clock
  /** Throws once the watchdog has begun to undo the run: then nothing more may be changed. */
  permit: () => void
  /** Undoes this fault by its plan on record, as the watchdog would; throws if it is not gone then. */
  undoByPlan(): Promise<void>
}

/** The router of the run, as a fault of it needs it. */
export interface RouterSite {
  url: string
  hands: {
    readonly state: 'routing' | 'bypassed' | 'killed'
    kill(): Promise<void>
    start(bypass: ProviderRole | null): Promise<void>
  }
  /** Sends one real request through the router, and says how it ended. */
  probe(): Promise<Observed>
  /** Who was asked last for the answer to a request, as the gates saw it; null if none did. */
  servedBy(requestId: string): Promise<ProviderRole | null>
}

/** A hand that does in the vendor's console what gameday cannot, and how it is told. */
export interface HandSite {
  clock: Clock
  /** On `clock.now()`: when nobody waits any longer for the key to be refused. */
  untilMs: number
  provider: {
    name: string
    kind: 'simulated' | 'real'
    model: string
    /** Where it is asked, or, of a simulated one, where the run's gate is commanded. */
    url: string
    /** Environment variable that holds the real key; null for a simulated one. */
    keyVariable: string | null
    /** Console of a simulated one; null for a real one. */
    consoleUrl: string | null
  }
  /** Does it where nobody is there; null where somebody is. */
  script: { revoke(): Promise<void>; restore(): Promise<void> } | null
  asked(to: 'revoke' | 'restore', steps: readonly string[]): void
  /** @param lastMs when a question with the key was last answered as before, on `clock.now()` */
  done(to: 'revoke' | 'restore', lastMs: number): void
}

/** Everything that clients and gates saw since the fault came into force, in the order it became known. */
export interface Evidence {
  target: FaultTarget
  inForceMs: number
  samples: readonly Sample[]
  attempts: readonly Attempt[]
}

export type Proof = { proven: true; proof: string; evidence: string[] } | { proven: false; reason: string }

/**
 * One fault, made for one site. Four verbs, and a plan to undo it that is made before the first of them:
 *
 *     plan -> apply -> prove ... revert -> proveGone
 */
export interface Fault {
  readonly kind: FaultKind
  /** Whether the network fails rather than the provider, so that the provider's gate cannot feel it. */
  readonly network: boolean
  /** Whether every request to the target is hit, and not only a share of them. */
  readonly whole: boolean
  /** What its revert does, where no call of the plan says it. */
  readonly undoes?: string
  /** Whether undoing it cuts connections by itself: what fails by that is the tool's doing. */
  readonly cutsOnRevert?: true
  /** Reads the state as it is found and says how to get back to it. Changes nothing. */
  plan(): Promise<Undo>
  /** Whether a hand undoes it, which needs longer than a call. */
  readonly byHand?: true
  /**
   * Asks for the fault and returns when the server has acknowledged it; `sinceMs` says, on the clock, since when it may
   * have been in force where that is longer than the call took. What takes long ends with the signal.
   */
  apply(stopped?: AbortSignal): Promise<{ sinceMs: number } | void>
  /** Reads the state back; throws if it is not what was asked for. Returns it as words. */
  readBack(): Promise<string>
  /** Looks for its effect on the load itself. Pure. */
  prove(evidence: Evidence): Proof
  revert(): Promise<void>
  /** Reads the state back, then sends a real request that must get through to the provider. */
  proveGone(): Promise<Proof>
}
