import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../base/index.ts'
import type { Attempt } from '../../record/index.ts'
import type { ErrorKind, WireError, WireFormat } from '../../wire/index.ts'
import { requestIdOf } from '../simulated/tag.ts'
import type { Delay } from './slowness.ts'

/** One request at the gate, from its arrival to its last byte. */
export interface Exchange {
  req: IncomingMessage
  res: ServerResponse
  clock: Clock
  /** When its headers had arrived. */
  arrivedMs: number
  format: WireFormat
  /** Identifies the answer until the answer says so itself. */
  tag: string
  /** The record of it, filled in on the way; null for what is no attempt, such as a list of models. */
  attempt: Attempt | null
  /** To be added before the first token. */
  delay: Delay
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

/** Sends an error the way the vendor words it. Nothing was generated, so nothing is billed. */
export function sendError(
  exchange: Exchange,
  kind: ErrorKind,
  details: { key?: string; target?: string } = {},
): void {
  const { format, attempt, tag } = exchange
  const { status, headers, body } = format.errorAnswer(kind, { requestId: requestIdOf(tag), ...details })
  noteFailure(attempt, format.classify(status, body))
  noteNothingBilled(attempt)
  sendWhole(exchange, status, headers, body)
}

/** Sends what goes wrong between the gate and a real provider, in the format's envelope. */
export function sendGateError(exchange: Exchange, error: WireError): void {
  const { attempt, tag } = exchange
  noteFailure(attempt, error)
  noteNothingBilled(attempt)
  const body = { error: { message: error.message, type: 'gateway_error', param: null, code: error.code } }
  const headers = { 'content-type': 'application/json', 'x-request-id': requestIdOf(tag) }
  sendWhole(exchange, 502, headers, JSON.stringify(body))
}

/** Notes what an answer amounts to. Its message is not kept: it may quote the request. */
export function noteFailure(attempt: Attempt | null, error: WireError): void {
  if (attempt !== null) Object.assign(attempt, { failure: error.class, code: error.code })
}

/** Notes that an answer cost nothing. */
export function noteNothingBilled(attempt: Attempt | null): void {
  if (attempt !== null) Object.assign(attempt, { inputTokens: 0, outputTokens: 0 })
}

/** Waits as long as a slow first token is to be late, and lays it to the fault. */
export async function holdBack({ delay, attempt, clock, signal }: Exchange): Promise<void> {
  if (delay.ms <= 0) return
  if (attempt !== null) attempt.fault = delay.faultId
  await clock.sleep(delay.ms, signal)
}
