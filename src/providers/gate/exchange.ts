import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Clock } from '../../base/index.ts'
import type { Attempt } from '../../record/index.ts'
import type { ErrorAnswer, ErrorDetails, ErrorKind, WireError, WireFormat } from '../../wire/index.ts'
import { requestIdOf } from '../simulated/tag.ts'
import type { Hit } from './effect.ts'

/** One request at the gate, from its arrival to its last byte. */
export interface Exchange {
  req: IncomingMessage
  res: ServerResponse
  /** What the request says, for whoever answers it; it is read once. */
  body: Readable
  clock: Clock
  /** When its headers had arrived. */
  arrivedMs: number
  format: WireFormat
  /** Identifies the answer until the answer says so itself. */
  tag: string
  /** The record of it, filled in on the way; null for what is no attempt, such as a list of models. */
  attempt: Attempt | null
  /** The faults that hit it, drawn when it arrived. */
  hits: readonly Hit[]
  /** The tokens after which a fault keeps the provider from making more; null while none does. */
  madeAtMost: number | null
  /** Aborted when the caller goes away. */
  signal: AbortSignal
  /** Breaks the answer off, so that its caller sees a break and never a clean end. */
  breakOff(): void
}

type Headers = Record<string, string | string[]>

/** Sends a whole answer. */
export function sendWhole(exchange: Exchange, status: number, headers: Headers, body: string | Buffer): void {
  const { res, attempt, clock } = exchange
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  if (attempt !== null) {
    attempt.status = status
    attempt.firstByteMs = clock.now()
  }
  res.end(body)
}

/** Sends an error the way the vendor words it. */
export function sendError(
  exchange: Exchange,
  kind: ErrorKind,
  details: Omit<ErrorDetails, 'requestId'> = {},
): void {
  const { format, tag } = exchange
  sendInstead(exchange, format.errorAnswer(kind, { requestId: requestIdOf(tag), ...details }))
}

/** Sends an answer that no provider has made. Nothing was generated, so nothing is billed. */
export function sendInstead(exchange: Exchange, { status, headers, body }: ErrorAnswer): void {
  const { format, attempt } = exchange
  const judged = status === 200 ? format.readAnswer(body) : null
  if (judged?.ok !== true) noteFailure(attempt, judged?.error ?? format.classify(status, body))
  noteNothingBilled(attempt)
  sendWhole(exchange, status, headers, body)
}

/** Sends what goes wrong between the gate and a real provider, in the format's envelope. */
export function sendGateError(exchange: Exchange, error: WireError): void {
  const { attempt, tag, format } = exchange
  const requestId = requestIdOf(tag)
  noteFailure(attempt, error)
  noteNothingBilled(attempt)
  const body = format.errorBody({
    type: 'gateway_error',
    code: error.code,
    message: error.message,
    requestId,
  })
  sendWhole(exchange, 502, { 'content-type': 'application/json', [format.requestIdHeader]: requestId }, body)
}

/** Notes what an answer amounts to. Its message is not kept: it may quote the request. */
export function noteFailure(attempt: Attempt | null, error: WireError): void {
  if (attempt !== null) Object.assign(attempt, { failure: error.class, code: error.code })
}

/** Notes that an answer cost nothing. */
export function noteNothingBilled(attempt: Attempt | null): void {
  if (attempt !== null) Object.assign(attempt, { inputTokens: 0, outputTokens: 0 })
}

/** Lays an attempt to a fault: to the first that shapes it. */
export function layTo({ attempt }: Exchange, { faultId }: Hit): void {
  if (attempt !== null) attempt.fault ??= faultId
}

/** Waits as long as the faults want this part of the answer to be late, all of them together. */
export async function holdBack(
  exchange: Exchange,
  part: 'headersLateMs' | 'firstTokenLateMs',
): Promise<void> {
  const { hits, clock, signal } = exchange
  let lateMs = 0
  for (const hit of hits) {
    const ms = hit.effect[part] ?? 0
    if (ms > 0) layTo(exchange, hit)
    lateMs += ms
  }
  if (lateMs > 0) await clock.sleep(lateMs, signal)
}

/** How many times the usual something is to be, by the faults that hit and shape this answer. */
export function timesOf(exchange: Exchange, what: 'longer' | 'dearer'): number {
  let times = 1
  for (const hit of exchange.hits) {
    const factor = hit.effect[what]
    if (factor === undefined) continue
    layTo(exchange, hit)
    times *= factor
  }
  return times
}
