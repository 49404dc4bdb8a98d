import type { Dispatcher } from 'undici'
import type { Clock, FailureClass, FormatId, ProviderRole, Random, TokenPrice } from '../base/index.ts'
import type { CacheStats } from '../cache/index.ts'
import type { RouterConfig } from '../config/index.ts'
import type { CheaperModel, SpentElsewhere } from './guard/index.ts'
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
  price?: TokenPrice
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

/** How an attempt ended: well, without a verdict because its caller hung up, or by a failure of this class. */
export type AttemptResult = 'ok' | 'abandoned' | FailureClass

/** One attempt at a target that is over. */
export interface AttemptEnd {
  role: ProviderRole
  provider: string
  result: AttemptResult
}

/** What can be changed while the router runs. */
export interface RouterSettings {
  config: RouterConfig
  /** In the order in which they are asked. */
  targets: readonly RouterTarget[]
  /** Whether the records of requests hold what was asked and answered. */
  recordText?: boolean
  /** Where these settings come from, as `/state` says it. */
  source?: SettingsSource
}

export interface SettingsSource {
  /** Of the file; null where there is none, and everything has its default. */
  sha256: string | null
  /** What the file says by now and only a restart brings about. */
  awaitsRestart: readonly string[]
}

export interface RouterOptions extends RouterSettings {
  clock: Clock
  /** Draws the canary's share. */
  random: Random
  /** Sends everything straight to this provider, unjudged; null routes. */
  bypass: ProviderRole | null
  onEvent: (event: RouterEvent) => void
  /** Takes what is told about every chat request, once, when it is over. It must be quick and must not throw. */
  onRequest?: (record: RequestRecord) => void
  /** What others have spent of tenants' budgets for the day; nothing if left out. */
  spentElsewhere?: SpentElsewhere
  /** Told of every attempt that is over. It must be quick and must not throw. */
  onAttempt?: (end: AttemptEnd) => void
  /** Carries every request to every target instead of the router's own pools; the caller closes it. */
  dispatcher?: Dispatcher
  /** What callers must send as `Authorization: Bearer …` or `x-api-key`; without it nobody is asked, which suits a loopback. */
  clientKey?: string
  /** What `/metrics` answers; without it there is no such page. */
  metrics?: () => Promise<MetricsPage>
}

export interface MetricsPage {
  contentType: string
  text: string
}

/** How the router stands, as `/state` shows it. No key, no prompt and no provider's own words are in it. */
export interface RouterState {
  state: 'routing' | 'bypassed' | 'draining'
  /** Where everything goes while it is bypassed. */
  bypass: { to: ProviderRole; since: string } | null
  settings: SettingsSource & { since: string }
  /** Requests under way, those included that hold on to former settings. */
  inFlight: number
  targets: {
    role: ProviderRole
    provider: string
    format: FormatId
    circuit: { state: CircuitState; since: string; reason: string | null; class: FailureClass | null }
    inFlight: number
    lastFailure: { class: FailureClass; at: string } | null
  }[]
  cache: CacheStats | null
}

export interface Router {
  /** Base URL of the endpoint: `http://127.0.0.1:4100/v1`. */
  url: string
  port: number
  /** What the cache has done so far; null without one. */
  cache(): CacheStats | null
  state(): RouterState
  /**
   * Puts other settings in force, all of them at once; a request ends under those that it began under. Throws as
   * `startRouter` does, and then nothing has changed. `replaced` resolves when nobody uses the former settings any more.
   */
  reload(settings: RouterSettings): Promise<{ replaced: Promise<void> }>
  /** Sends all new requests straight to a provider, from this moment on; null routes again. Throws `CACHE_UNUSABLE`. */
  bypass(to: ProviderRole | null): Promise<void>
  /**
   * Says at `/readyz` that no more should be sent, takes no new connection after `router.drainLead`, lets what is under
   * way come to its end, for up to `router.timeouts.total`, then stops.
   */
  drain(): Promise<void>
  /** Cuts what is under way, closes the endpoint and the connections to the targets. */
  stop(): Promise<void>
}
