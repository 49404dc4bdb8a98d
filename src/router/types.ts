import type { Dispatcher } from 'undici'
import type { Clock, FailureClass, FormatId, ProviderRole, Random } from '../base/index.ts'
import type { CacheStats } from '../cache/index.ts'
import type { RouterConfig } from '../config/index.ts'
import type { CheaperModel } from './guard/index.ts'
import type { RequestRecord } from '../record/index.ts'

/** One provider behind the router. Its key stays here: it is sent to `baseUrl` and shown nowhere else. */
export interface RouterTarget {
  role: ProviderRole
  name: string
  format: FormatId
  /** With its version path, such as `http://127.0.0.1:8600/v1`. */
  baseUrl: string
  key: string
  /** Replaces the request's model; without it the request's bytes go out as they came. */
  model?: string
  /** Tokens that its model takes, question and answer together; what certainly has more is not sent there. */
  context?: number
  /** US dollars for a million tokens; without it the cost of an answer is unknown, never 0. */
  price?: { input: number; output: number }
  /** What a guardrail asks for in the place of a model that is too dear. */
  cheaper?: CheaperModel
}

/** A change of a target's circuit. Carries no key, no prompt and no provider's own words. */
export interface RouterEvent {
  type: 'circuit'
  /** `clock.now()` of the change. */
  atMs: number
  provider: ProviderRole
  state: CircuitState
  reason: string
  /** The class of the failure that caused it; null when the circuit closed. */
  class: FailureClass | null
}

export type CircuitState = 'closed' | 'open' | 'half-open'

export interface RouterOptions {
  config: RouterConfig
  /** In the order in which they are asked. */
  targets: readonly RouterTarget[]
  clock: Clock
  /** Draws the canary's share. */
  random: Random
  /** Sends everything straight to this provider, unjudged; null routes. */
  bypass: ProviderRole | null
  onEvent: (event: RouterEvent) => void
  /** Takes what is told about every chat request, once, when it is over. It must be quick and must not throw. */
  onRequest?: (record: RequestRecord) => void
  /** Whether these records hold what was asked and answered. */
  recordText?: boolean
  /** Carries every request to every target instead of the router's own pools; the caller closes it. */
  dispatcher?: Dispatcher
  /** What callers must send as `Authorization: Bearer …` or `x-api-key`; without it nobody is asked, which suits a loopback. */
  clientKey?: string
}

export interface Router {
  /** Base URL of the endpoint: `http://127.0.0.1:4100/v1`. */
  url: string
  port: number
  /** What the cache has done so far; null without one. */
  cache(): CacheStats | null
  /** Takes no new connection, lets what is under way come to its end, for up to `graceMs`, then stops. */
  drain(graceMs: number): Promise<void>
  /** Cuts what is under way, closes the endpoint and the connections to the targets. */
  stop(): Promise<void>
}
