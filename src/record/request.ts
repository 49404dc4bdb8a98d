import type { FailureClass, ProviderRole } from '../base/index.ts'

/** How a request ended at the router. `abandoned`: its caller hung up before it was over. */
export type RequestOutcome = 'ok' | 'failed' | 'truncated' | 'timeout' | 'abandoned'

/** One request as the embedded router saw it: what goes into the log and to the exporters, once, when it is over. */
export interface RequestRecord {
  /** A UUID, and the answer's `x-gameday-request-id`. */
  id: string
  /** When it came in, ISO 8601 UTC. */
  startedAt: string
  /** Tag of the drill whose load it was part of; null for a client's request. */
  drill: string | null
  tenant: string | null
  feature: string | null
  stream: boolean
  /** The model that the caller asked for; null where it named none. */
  askedModel: string | null
  /** Who served it, or whose failure says most about why nobody did; null where nobody was asked. */
  role: ProviderRole | 'cache' | null
  provider: string | null
  /** The model that this provider was asked for. */
  model: string | null
  attempts: number
  /** Why this provider was asked, as the answer's header says; null where it was the first in order. */
  chosen: string | null
  /** What a guardrail did about it, as the answer's header says; null where none did anything. */
  guardrail: string | null
  outcome: RequestOutcome
  class: FailureClass | null
  inputTokens: number | null
  outputTokens: number | null
  /** Of the tokens in: read from the vendor's own prompt cache, and written to it. */
  cacheReadTokens: number | null
  cacheWriteTokens: number | null
  /** Over all attempts; null where a price or a usage is unknown. */
  costUsd: number | null
  /** What the vendor's prompt cache took off that cost, negative if it cost more than it saved; null where unknown. */
  promptCacheSavedUsd: number | null
  /** What its tenant's budget for the day was charged: the cost, or what was reckoned; null without guardrails. */
  chargedUsd: number | null
  /** Until the first content of a stream; null for a whole answer, and where none came. */
  firstTokenMs: number | null
  durationMs: number
  /** What was asked and answered; null unless the configuration wants it kept. */
  text: { request: string; answer: string } | null
}
