import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { FORMAT_IDS } from '../base/index.ts'
import { findMarker, formatOf, isObject, keyIn, parseJson, type WireFormat } from '../wire/index.ts'
import { Bypass } from './bypass.ts'
import { Exchange, type Desk } from './exchange.ts'
import { besides } from './besides.ts'
import { chatQuestion, modelsQuestion } from './question.ts'
import { LARGEST_REQUEST, readBody } from './read-body.ts'
import { replyCallerFault } from './reply.ts'
import { beginAttempt } from './standing.ts'
import { tagsOf } from './tags.ts'
import { unreadResult } from './tally.ts'
import type { Target } from './target.ts'
import { whenOver } from './when-over.ts'

/** Path of the endpoint's base URL. */
export const BASE = '/v1'

const FORMATS = FORMAT_IDS.map(formatOf)

/** Answers the questions the router knows, a format's each at its path, by an exchange with the targets. */
export function routes(desk: Desk): RequestListener {
  return (request, response) => {
    const path = pathOf(request)
    const caller = callerOf(request, path)
    if (request.method === 'POST' && path === BASE + caller.chatPath) {
      readBody(request, (body) => answerChat(desk, caller, request, response, body))
    } else if (request.method === 'GET' && path === `${BASE}/models`) {
      const asked = { caller, headers: request.headers, clock: desk.clock }
      new Exchange(desk, modelsQuestion(asked), response).start()
    } else {
      request.resume()
      replyCallerFault(response, caller, 404, null, `Invalid URL (${request.method ?? ''} ${path})`)
    }
  }
}

/** Sends everything to one target, whatever it is. Of a chat request it tells what can be known without reading it. */
export function bypass(
  target: Target,
  { tally, clock, onAttempt }: Pick<Desk, 'tally' | 'clock' | 'onAttempt'>,
): RequestListener {
  return (request, response) => {
    const ended = beginAttempt(target, clock, onAttempt)
    whenOver(request, response, () => ended(unreadResult(response)))
    const url = request.url ?? '/'
    if (tally !== null && request.method === 'POST' && formatAt(pathOf(request)) !== undefined) {
      const kept = tally({
        ...tagsOf(request.headers, {}),
        drill: null,
        stream: false,
        model: null,
        body: null,
      })
      whenOver(request, response, () => kept.endUnread(target, response))
    }
    new Bypass(target, response).start(request, url.startsWith(`${BASE}/`) ? url.slice(BASE.length) : url)
  }
}

/** Asks callers for a key before anything else. Both are hashed, so that the comparison tells nothing by its length. */
export function guarded(listener: RequestListener, clientKey: string): RequestListener {
  const expected = hash(clientKey)
  return (request, response) => {
    const presented = FORMATS.map((format) => keyIn(request.headers, format))
    if (presented.some((key) => key !== null && timingSafeEqual(hash(key), expected)))
      return listener(request, response)
    request.resume()
    replyCallerFault(
      response,
      callerOf(request, pathOf(request)),
      401,
      'invalid_api_key',
      'This router asks its callers for a key, and this is not it.',
    )
  }
}

/** The format whose chat requests come to a path; undefined for any other path. */
const formatAt = (path: string) => FORMATS.find(({ chatPath }) => path === BASE + chatPath)

/** The format that a caller speaks: that of the path, or where paths are shared that whose headers it sends. */
function callerOf({ headers }: IncomingMessage, path: string): WireFormat {
  return (
    formatAt(path) ??
    FORMATS.find(({ ownHeaders }) => ownHeaders.some((name) => headers[name] !== undefined)) ??
    formatOf('openai')
  )
}

function answerChat(
  desk: Desk,
  caller: WireFormat,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | null,
): void {
  if (body === null) {
    refuse(desk, request)
    const message = `The request body is larger than ${LARGEST_REQUEST / 1024 / 1024} MB.`
    return replyCallerFault(response, caller, 413, 'request_too_large', message, ['connection', 'close'])
  }
  const parsed = parseJson(body.toString())
  if (!isObject(parsed)) {
    refuse(desk, request)
    const message = 'The request body is not a JSON object, or it is nested too deep.'
    return replyCallerFault(response, caller, 400, null, message)
  }
  const { headers } = request
  const facts = caller.readRequest(parsed)
  const tags = tagsOf(headers, parsed)
  const { tenant, feature } = tags
  const { stream, model } = facts
  const drill = findMarker(facts.lastUserText)?.runTag ?? null
  // Written out field by field, because it is made for every request (`decisions/0059`).
  const tally = desk.tally?.({ tenant, feature, drill, stream, model, body }) ?? null
  const asked = { caller, headers, clock: desk.clock, facts, tags }
  const question = chatQuestion(asked, body, parsed, besides(desk, asked, parsed))
  new Exchange(desk, question, response, tally).start()
}

/** Tells of a request that cannot even be read. */
function refuse({ tally }: Desk, { headers }: IncomingMessage): void {
  tally?.({ ...tagsOf(headers, {}), drill: null, stream: false, model: null, body: null }).end(
    { target: null, failure: { class: 'caller-fault' } },
    { attempts: 0, costUsd: 0 },
  )
}

/** The path of a request's URL. */
export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
