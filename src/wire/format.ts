import type { FailureClass, FormatId } from '../base/index.ts'
import type { PromptCacheTtl } from './anthropic/prompt-cache.ts'

/** What gate, router and load must know of a request. */
export interface RequestFacts {
  model: string | null
  stream: boolean
  /** Whether a stream is to end with a statement of its tokens. */
  includeUsage: boolean
  /** Text of the last user message; empty if there is none. Carries the marker. */
  lastUserText: string
  user: string | null
}

/** A failure as the wire shows it. The message is the provider's and may quote the request: never write it down. */
export interface WireError {
  class: FailureClass
  code: string | null
  message: string
}

/** Tokens as the provider states them; null where it does not. */
export interface UsageFacts {
  /** All that went in, cached or not: OpenAI counts so, Anthropic's three counts are added up. */
  inputTokens: number | null
  outputTokens: number | null
  /** Of the tokens that went in: read from the provider's own prompt cache, and written to it. */
  cacheReadTokens: number | null
  cacheWriteTokens: number | null
  /** Of those written, the ones kept for an hour and not for five minutes. */
  cacheWrite1hTokens: number | null
}

/** What gate, router and load must know of an answer. */
export interface AnswerFacts extends UsageFacts {
  id: string | null
  /** Tag of the attempt that made the answer: from the end of its text, else its `id`. */
  tag: string | null
  model: string | null
  finishReason: string | null
}

export type Answer = { ok: true; facts: AnswerFacts } | { ok: false; error: WireError }

/** One event of a stream, judged. `content` is a non-empty piece of text or of a tool call, and nothing else is. */
export type StreamEvent =
  | { type: 'lifecycle' }
  | { type: 'content' }
  | { type: 'finish'; reason: string }
  | { type: 'usage'; inputTokens: number; outputTokens: number }
  | { type: 'error'; error: WireError }
  | { type: 'done' }
  | { type: 'malformed' }

export interface StreamFacts extends AnswerFacts {
  /** Whether any content came. */
  content: boolean
  /** Whether the terminal marker came. */
  done: boolean
}

/** What a stream amounts to. `missingMarker`: it finished with a reason, but without the terminal marker. */
export type StreamVerdict = { ok: true; missingMarker: boolean } | { ok: false; error: WireError }

/** Reads a stream's bytes as they come, in pieces of any size. */
export interface StreamReader {
  /** Takes the next bytes and reports the events they complete. */
  push(bytes: Uint8Array): void
  /** Says, once no more bytes will come, what the stream amounts to. Completes `facts`. */
  end(): StreamVerdict
  /** What is known so far. */
  readonly facts: Readonly<StreamFacts>
}

/** The failures of a vendor that a simulated provider and the gate can answer with, each in the vendor's own words. */
export const ERROR_KINDS = [
  'invalid-api-key',
  'account-deactivated',
  'insufficient-quota',
  'organization-disabled',
  'missing-api-key',
  'rate-limited',
  'server-error',
  'overloaded',
  'unparsable-body',
  'missing-parameter',
  'too-many-breakpoints',
  'context-too-long',
  'tools-unsupported',
  'too-large',
  'model-not-found',
  'unknown-url',
] as const
export type ErrorKind = (typeof ERROR_KINDS)[number]

/** What an error answer quotes. A key is shown masked, as the vendor does. */
export interface ErrorDetails {
  requestId: string
  key?: string
  model?: string
  /** Method and path, for an unknown URL. */
  target?: string
  /** What a refusal that passes asks to be left alone for; a second unless given, and null keeps it from saying so. */
  retryAfterMs?: number | null
  /** Name of the parameter that is missing. */
  parameter?: string
  /** How many breakpoints of the prompt cache a request has. */
  breakpoints?: number
}

export interface ErrorAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** An error that no provider has written. `type` names its class, or `invalid_request_error`. */
export interface EnvelopedError {
  type: string
  code: string | null
  message: string
  requestId?: string
}

/** A header that carries a key, after its prefix. */
export interface KeyHeader {
  readonly name: string
  readonly prefix: string
}

/** One provider's way of speaking. Pure: a format knows bytes and texts, no sockets and no clock. */
export interface WireFormat {
  readonly id: FormatId
  /** Where a request carries its key: `Authorization: Bearer …`. */
  readonly keyHeader: KeyHeader
  /** Where else the vendor takes one. */
  readonly otherKeyHeaders: readonly KeyHeader[]
  /** Path of a request for an answer, below the base URL. */
  readonly chatPath: string
  /** Headers that every request must carry, unless its caller has sent others. */
  readonly requiredHeaders: Readonly<Record<string, string>>
  /** Headers that mean something in this format alone, and go from a caller to a provider of it. */
  readonly ownHeaders: readonly string[]
  /** How the ids of its answers begin. */
  readonly idPrefix: string
  /** Header in which an answer names its request. */
  readonly requestIdHeader: string
  /** Status of a provider that is overloaded. */
  readonly overloadedStatus: number
  /** Reads a request's parsed body. Never throws: what is absent or of the wrong type is null, false or empty. */
  readRequest(body: unknown): RequestFacts
  /** Reads what the parsed body of an answer, good or not, states of its tokens. */
  readUsage(body: unknown): UsageFacts
  /** Classifies an error answer by code, type and message first and by status last; null for an error within a stream. */
  classify(status: number | null, bodyText: string): WireError
  /** Judges the body of a plain answer with a status of 200. */
  readAnswer(bodyText: string): Answer
  /** Reads one stream. `onEvent` is called within `push`. */
  streamReader(onEvent?: (event: StreamEvent) => void): StreamReader
  /** Writes an error the way the vendor does. */
  errorAnswer(kind: ErrorKind, details: ErrorDetails): ErrorAnswer
  /** Makes the body of an error answer an event within a stream. The line break before it ends whatever was left open. */
  errorEvent(body: string): string
  /** Writes an event that carries no content, such as a vendor sends while nothing else is to be said. */
  idleEvent(head: { id: string; created: number; model: string }): string
  /** Takes the content out of a plain answer and leaves the rest; what is no answer comes back as it is. */
  withoutContent(bodyText: string): string
  /**
   * Marks what of a request the vendor's prompt cache is to keep; gives null where there is nothing to mark. Null where the
   * vendor takes no marks.
   */
  withBreakpoints:
    ((body: Record<string, unknown>, ttl: PromptCacheTtl) => Record<string, unknown> | null) | null
  /** Writes an error of somebody between caller and provider, in the format's envelope. */
  errorBody(error: EnvelopedError): string
}
