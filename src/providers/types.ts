import type { Clock, ProviderRole } from '../base/index.ts'
import type { ProviderConfig } from '../config/index.ts'
import type { FaultOf, ProviderFaultSpec } from '../drill/index.ts'
import type { Attempt } from '../record/index.ts'

export interface GateOptions {
  /** Address to bind all listeners to. */
  listen: string
  /** 0 lets the kernel choose. */
  ports: Record<ProviderRole | 'control', number>
  providers: Record<ProviderRole, ProviderConfig>
  /** The keys that the gate accepts, one a provider: they open nothing elsewhere. */
  keys: Record<ProviderRole, string>
  /** The keys of real providers. They go upstream and nowhere else. */
  realKeys?: Partial<Record<ProviderRole, string>>
  /** What the control endpoint asks for. */
  controlToken: string
  seed: number
  clock: Clock
  /** Certificate authority for upstreams that no public one vouches for, as PEM. */
  upstreamTls?: { ca?: string }
}

export interface Address {
  host: string
  port: number
}

/** The gate in front of both providers, running. */
export interface Gate {
  /** Base URL of each provider's listener, ending in `/v1`. */
  urls: Record<ProviderRole, string>
  addresses: Record<ProviderRole, Address>
  controlUrl: string
  /** Tells the gate what it is a part of; whoever holds its token is told on request. */
  tell(about: object): void
  /** Takes no further connection, lets what is under way come to its end for up to `graceMs`, and stops. */
  drain(graceMs: number): Promise<void>
  /** Ends every fault, closes every socket and resolves when nothing listens any more. */
  stop(): Promise<void>
}

/** The faults that the gate makes, in the form in which they cross the control endpoint: milliseconds and ratios. */
export type GateFaultSpec = ProviderFaultSpec

export interface GateFaultRequest {
  /** Unique among the faults in force. */
  id: string
  provider: ProviderRole
  fault: GateFaultSpec
  /** After this the gate ends the fault by itself. */
  capMs: number
}

/** A fault as the gate lists it. Times are absolute monotonic milliseconds. */
export interface GateFault extends GateFaultRequest {
  appliedAtMs: number
  /** When its cap will end it, or has ended it. */
  endsAtMs: number
}

export interface KeyState {
  masked: string
  /** `spreading`: refused for a share of the requests so far. */
  state: 'active' | 'spreading' | 'revoked'
  /** How a revoked key is refused; null while it is active. */
  shape: FaultOf<'revoke-key'>['shape'] | null
}

export interface GateProviderState {
  name: string
  kind: ProviderConfig['kind']
  model: string
  key: KeyState
}

export interface GateState {
  providers: Record<ProviderRole, GateProviderState>
  /** The faults in force, and no others. */
  faults: GateFault[]
  /** Faults that ended by themselves at their cap, the latest last. */
  endedAtCap: GateFault[]
}

/** The gate's control endpoint, from the other side. Every call has a timeout and throws GamedayError:
 * GATE_UNREACHABLE, GATE_TIMEOUT, or GATE_REFUSED with the gate's own words. */
export interface GateControl {
  readonly url: string
  state(): Promise<GateState>
  /** What the gate was told that it is a part of, null if nothing, and the time on its monotonic clock. */
  about(): Promise<{ nowMs: number; about: unknown }>
  /** Applies a fault and returns it as acknowledged. The same request again changes nothing. */
  apply(request: GateFaultRequest): Promise<GateFault>
  /** Ends a fault. False if the gate knows none of that name. */
  remove(id: string): Promise<boolean>
  /** Uses the console of a simulated vendor, found at its whole address, as a hand would. */
  vendorKey(console: string, act: 'revoke' | 'restore'): Promise<void>
  /**
   * Hands over every attempt from now on, until the signal is aborted. Resolves once that is so.
   * `onLost` is called if the connection ends for another reason.
   */
  followAttempts(
    onAttempt: (attempt: Attempt) => void,
    signal: AbortSignal,
    onLost?: (error: Error) => void,
  ): Promise<void>
}
