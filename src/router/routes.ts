import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { findMarker, openaiFormat } from '../wire/index.ts'
import { Bypass } from './bypass.ts'
import { Exchange, type Desk } from './exchange.ts'
import { besides } from './besides.ts'
import { chatQuestion, modelsQuestion } from './question.ts'
import { LARGEST_REQUEST, readBody } from './read-body.ts'
import { replyCallerFault } from './reply.ts'
import { tagsOf } from './tags.ts'
import type { Target } from './target.ts'

/** Path of the endpoint's base URL. */
export const BASE = '/v1'

/** Answers the two questions the router knows, each by an exchange with the targets. */
export function routes(desk: Desk): RequestListener {
  return (request, response) => {
    const path = pathOf(request)
    if (request.method === 'POST' && path === `${BASE}/chat/completions`) {
      readBody(request, (body) => answerChat(desk, request, response, body))
    } else if (request.method === 'GET' && path === `${BASE}/models`) {
      new Exchange(desk, modelsQuestion(request.headers), response).start()
    } else {
      request.resume()
      replyCallerFault(response, 404, null, `Invalid URL (${request.method ?? ''} ${path})`)
    }
  }
}

/** Sends everything to one target, whatever it is. Of a chat request it tells what can be known without reading it. */
export function bypass(target: Target, tally: Desk['tally']): RequestListener {
  return (request, response) => {
    const url = request.url ?? '/'
    if (tally !== null && request.method === 'POST' && pathOf(request) === `${BASE}/chat/completions`) {
      const kept = tally({
        ...tagsOf(request.headers, {}),
        drill: null,
        stream: false,
        model: null,
        body: null,
      })
      response.once('close', () => kept.endUnread(target, response))
    }
    new Bypass(target, response).start(request, url.startsWith(`${BASE}/`) ? url.slice(BASE.length) : url)
  }
}

/** Asks callers for a key before anything else. Both are hashed, so that the comparison tells nothing by its length. */
export function guarded(listener: RequestListener, clientKey: string): RequestListener {
  const expected = hash(`Bearer ${clientKey}`)
  return (request, response) => {
    if (timingSafeEqual(hash(request.headers.authorization ?? ''), expected))
      return listener(request, response)
    request.resume()
    replyCallerFault(
      response,
      401,
      'invalid_api_key',
      'This router asks its callers for a key, and this is not it.',
    )
  }
}

function answerChat(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | null,
): void {
  if (body === null) {
    refuse(desk, request)
    const message = `The request body is larger than ${LARGEST_REQUEST / 1024 / 1024} MB.`
    return replyCallerFault(response, 413, 'request_too_large', message, ['connection', 'close'])
  }
  const parsed = parseObject(body)
  if (parsed === null) {
    refuse(desk, request)
    return replyCallerFault(response, 400, null, 'The request body is not a JSON object.')
  }
  const { stream, model, lastUserText } = openaiFormat.readRequest(parsed)
  const tally =
    desk.tally?.({
      ...tagsOf(request.headers, parsed),
      drill: findMarker(lastUserText)?.runTag ?? null,
      stream,
      model,
      body,
    }) ?? null
  const question = chatQuestion(body, parsed, stream, request.headers)
  const aside = besides(desk, parsed, request.headers)
  new Exchange(desk, { ...question, ...aside }, response, tally).start()
}

/** Tells of a request that cannot even be read. */
function refuse({ tally }: Desk, { headers }: IncomingMessage): void {
  tally?.({ ...tagsOf(headers, {}), drill: null, stream: false, model: null, body: null }).end(
    { target: null, failure: { class: 'caller-fault' } },
    { attempts: 0, costUsd: 0 },
  )
}

function parseObject(body: Buffer): object | null {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : null
  } catch {
    return null
  }
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
