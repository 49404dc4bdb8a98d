import type { ErrorAnswer, ErrorDetails, WireFormat } from '../../wire/index.ts'
import type { Rewrite } from './rewrite/rewrite.ts'

/**
 * What a fault does to a request that it hits, as data: an answer in place of the provider's, a delay, another stream,
 * another bill. What is left out stays as it is.
 */
export interface Effect {
  /** Answers in place of the provider: nothing is made, and nothing billed. */
  instead?: (format: WireFormat, details: ErrorDetails) => ErrorAnswer
  /** Before the provider is asked. */
  headersLateMs?: number
  /** Before the first piece of the answer. */
  firstTokenLateMs?: number
  /** Rewrites a stream as it passes. */
  stream?: Rewrite
  /** Rewrites a plain answer. */
  plain?: (format: WireFormat, bodyText: string) => string
  /** Labels the answer. */
  contentType?: string
  /** Times as many tokens; of a simulated provider alone. */
  longer?: number
  /** Times the price. */
  dearer?: number
}

/** A fault in force that hits one request. */
export interface Hit {
  faultId: string
  effect: Effect
  /** Aborted when the fault ends: what it holds goes on then. */
  ended: AbortSignal
}
