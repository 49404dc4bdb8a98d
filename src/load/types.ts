import type { Clock, FormatId } from '../base/index.ts'
import type { Sample } from '../record/index.ts'
import type { Prompt } from './prompts.ts'

/** What the client alone can say of a request. Phase, server, attempts and cost are joined by the recorder. */
export type LoadSample = Omit<Sample, 'phase' | 'servedBy' | 'attempts' | 'costUsd'>

/** An endpoint: `url` ends in `/v1`, `key` is sent where its format has it. */
export interface Endpoint {
  url: string
  key: string
  /** The format that it speaks; OpenAI's unless given. */
  format?: FormatId
  /** Further headers of every request. */
  headers?: Record<string, string>
}

export interface LoadOptions {
  /** Marks this run's requests, so that gates can tell them from other traffic. */
  runTag: string
  /** `clock.now()` at the drill's start: every time in a sample is relative to it. */
  epochMs: number
  /** Planned requests a second in the main lane. */
  perSecond: number
  arrivals: 'uniform' | 'poisson'
  seed: number
  /** Share of requests that ask for a stream, 0 to 1; a prompt's own `stream` beats it. */
  streams: number
  /** Share of the rate that goes straight to the primary beside the router, 0 to 1; at most one a second. */
  controlShare: number
  /** How long the client waits from the actual start of a request before it gives up. */
  timeoutMs: number
  prompts: readonly Prompt[]
  /** Tenants that a fault will be held to: every other control request is one of theirs, so that it can tell. */
  watched?: readonly string[]
  model: string
  router: Endpoint
  /** The primary as its proxy serves it: where the control lane goes; asked for a model of its own where it names one. */
  primary: Endpoint & { model?: string }
  /** Most main-lane requests under way at once; more are dropped. Default: the greater of 500 and 30 s of the rate. */
  maxInFlight?: number
  clock: Clock
  /** Called once for every request that was due, sent or not, when it is over. Must not throw. */
  onSample: (sample: LoadSample) => void
}

/** What tells whether the load is to be trusted. Counts are of the main lane. */
export interface LoadFigures {
  /** Requests that were due. */
  offered: number
  /** Requests that left for the router. */
  sent: number
  /** Requests that were due and never left: over the ceiling, or no socket to be had on this machine. */
  dropped: number
  /** p99 of actual minus intended start, nearest rank; null while nothing has been sent. */
  dispatchLagP99Ms: number | null
  /** p99 of the delay of this thread's event loop; null while nothing has been measured. */
  loopDelayP99Ms: number | null
}

export interface Load {
  /**
   * Stops scheduling, waits up to `drainMs` for what is under way, then gives it up as timeouts. Resolves when every
   * sample has been handed over. A second call gives the first one's answer.
   *
   * @throws InternalError if sending, judging or handing over failed
   */
  stop: (drainMs: number) => Promise<LoadFigures>
  /**
   * The same figures while the load runs.
   *
   * @throws InternalError as `stop` does, so that a load that broke is noticed while the drill runs
   */
  pressure: () => LoadFigures
}
