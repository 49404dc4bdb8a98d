import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { maskKey, messageOf, type Clock, type ProviderRole } from '../../base/index.ts'
import { keyIn, type ErrorAnswer, type ErrorDetails, type WireFormat } from '../../wire/index.ts'
import type { Pricer } from '../price.ts'
import { requestIdOf } from '../simulated/tag.ts'
import type { Answerer } from './answerer.ts'
import { noteRequest, openAttempt, readAsked } from './attempt.ts'
import { LARGEST_BODY, readBody, readBytes } from './body.ts'
import {
  layTo,
  noteFailure,
  noteNothingBilled,
  sendError,
  sendInstead,
  timesOf,
  type Exchange,
} from './exchange.ts'
import type { FaultBoard } from './fault-board.ts'
import { keyObjection } from './keys.ts'
import type { Ledger } from './ledger.ts'

export interface ListenerOptions {
  role: ProviderRole
  format: WireFormat
  /** The one key that it accepts. */
  key: string
  board: FaultBoard
  ledger: Ledger
  answerer: Answerer
  price: Pricer
  nextTag: () => string
  clock: Clock
}

/** Longer than any client here keeps an idle connection, so that none is closed under a request that is on its way. */
const KEEP_ALIVE_MS = 75_000

/**
 * The gate's listener in front of one provider.
 *
 *     request -> key accepted? -- no ----------------> the vendor's refusal --.
 *                   | yes                                  ^                  +--> attempt, at the end of the answer
 *                   '-> draw the faults -- one says no ----'                  |
 *                              '-> simulated or forwarded, as they shape it --'
 */
export function gateListener(options: ListenerOptions): Server {
  const server = createServer((req, res) => {
    void serve(options, req, res)
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return server
}

async function serve(options: ListenerOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { role, clock, ledger, answerer, price, format } = options
  const arrivedMs = clock.now()
  const presented = keyIn(req.headers, format)
  const tag = options.nextTag()
  const gone = new AbortController()
  let brokenHere = false
  const attempt = isAttempt(req, format)
    ? openAttempt({ provider: role, tag, key: maskKey(presented ?? ''), startMs: arrivedMs })
    : null
  const exchange: Exchange = {
    req,
    res,
    body: req,
    clock,
    arrivedMs,
    format,
    tag,
    attempt,
    hits: [],
    madeAtMost: null,
    signal: gone.signal,
    breakOff: () => {
      brokenHere = true
      res.destroy()
    },
  }
  res.once('close', () => {
    const whole = res.writableFinished
    if (!whole) gone.abort(new Error('the caller went away'))
    if (attempt === null) return
    attempt.endMs = clock.now()
    attempt.hungUp = !whole && !brokenHere
    answerer.settle(exchange)
    attempt.costUsd = billed(exchange, price(attempt.model, attempt))
    ledger.publish(attempt)
  })

  try {
    await answer(options, exchange, presented)
  } catch (error) {
    // A caller that goes away in the middle of its own body shows there first.
    if (gone.signal.aborted || req.errored !== null) return void res.destroy()
    // What an answerer expects to go wrong it handles itself: this is a fault of the gate's own.
    noteFailure(attempt, { class: 'server-error', code: 'gate_error', message: messageOf(error) })
    exchange.breakOff()
  }
}

async function answer(options: ListenerOptions, exchange: Exchange, presented: string | null): Promise<void> {
  const { role, key, board, answerer, format } = options
  const objection = keyObjection(key, presented)
  if (objection !== undefined)
    return answerInstead(exchange, presented, (details) => format.errorAnswer(objection, details))
  if (board.asksWhose(role)) {
    const asked = await readAhead(exchange)
    if (asked === null) return sendError(exchange, 'too-large')
    exchange.hits = board.draw(role, asked.marker)
  } else exchange.hits = board.draw(role)
  for (const hit of exchange.hits) {
    const { instead } = hit.effect
    if (instead === undefined) continue
    layTo(exchange, hit)
    return answerInstead(exchange, presented, (details) => instead(format, details))
  }
  return answerer.answer(exchange)
}

/**
 * Reads a request before it is known what becomes of it, to tell whose it is, and puts the body back for whoever answers
 * it; null if it is too large. Only while a fault is held to a tenant: else a body goes on as it comes.
 */
async function readAhead(exchange: Exchange): Promise<ReturnType<typeof readAsked> | null> {
  const body = await readBytes(exchange.body, LARGEST_BODY)
  if (body === null) return null
  exchange.body = Readable.from([body], { objectMode: false })
  return readAsked(exchange.format, body.toString())
}

/** Reads a request to its end, notes what it was, and answers it without the provider. */
async function answerInstead(
  exchange: Exchange,
  presented: string | null,
  answerWith: (details: ErrorDetails) => ErrorAnswer,
): Promise<void> {
  const { attempt, format, tag } = exchange
  noteNothingBilled(attempt)
  const body = await readBody(exchange.body, LARGEST_BODY)
  if (body === null) return sendError(exchange, 'too-large')
  if (attempt !== null) noteRequest(attempt, format, body)
  const details = { requestId: requestIdOf(tag), ...(presented === null ? {} : { key: presented }) }
  sendInstead(exchange, answerWith(details))
}

/** What is not billed at all is not billed at another price. */
function billed(exchange: Exchange, costUsd: number | null): number | null {
  return costUsd === null || costUsd === 0 ? costUsd : costUsd * timesOf(exchange, 'dearer')
}

/** What counts as an attempt: a request for an answer, and not one for a list of models. */
function isAttempt({ method, url }: IncomingMessage, { chatPath }: WireFormat): boolean {
  return method === 'POST' && (url ?? '').replace(/\?.*/, '').endsWith(chatPath)
}
