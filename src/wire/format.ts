import type { FailureClass } from '../base/index.ts'

export type FormatId = 'openai'

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

/** What gate, router and load must know of an answer. */
export interface AnswerFacts {
  id: string | null
  /** Tag of the attempt that made the answer: from the end of its text, else its `id`. */
  tag: string | null
  model: string | null
  finishReason: string | null
  inputTokens: number | null
  outputTokens: number | null
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
  'missing-messages',
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
}

export interface ErrorAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** One provider's way of speaking. Pure: a format knows bytes and texts, no sockets and no clock. */
export interface WireFormat {
  readonly id: FormatId
  /** Where a request carries its key: `Authorization: Bearer …`. */
  readonly keyHeader: { readonly name: string; readonly prefix: string }
  /** Reads a request's parsed body. Never throws: what is absent or of the wrong type is null, false or empty. */
  readRequest(body: unknown): RequestFacts
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
}
