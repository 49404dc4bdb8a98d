import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { messageOf } from '../../base/index.ts'
import { apiError, malformed, methodNotAllowed, text, type Answer } from './answers.ts'
import { ApiError, apiErrors } from './errors.ts'
import type { Proxies } from './proxies.ts'
import { routeOf } from './router.ts'

/** A body of the API is a few hundred bytes; whoever sends more is not speaking to us. */
const MOST_BODY_BYTES = 1024 * 1024

export interface ApiOptions {
  proxies: Proxies
  version: string
  /** Told of our own faults. The client gets a 500 with the text. */
  onFault: (error: unknown) => void
}

/** Makes the handler of HTTP requests: one request in, one answer out, and never an error out of it. */
export function apiHandler(
  options: ApiOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const nextRequestId = requestIds()
  return (request, response) => {
    void answer(request, options, () => response.setHeader('X-Toxiproxy-Request-Id', nextRequestId()))
      .catch((error: unknown) => {
        if (error instanceof ApiError) return apiError(error)
        options.onFault(error)
        return apiError(apiErrors.internal(messageOf(error)))
      })
      .then((made) => send(response, made))
  }
}

async function answer(
  request: IncomingMessage,
  { proxies, version }: ApiOptions,
  onMatch: () => void,
): Promise<Answer> {
  if (request.httpVersion === '1.1' && request.headers.host === undefined)
    return malformed(': missing required Host header')
  const destination = routeOf(request.method ?? '', request.url ?? '')
  switch (destination.kind) {
    case 'bad-path':
      return malformed()
    case 'redirect':
      return { status: 301, contentType: null, body: '', headers: { Location: destination.location } }
    case 'not-found':
      return text(404, '404 page not found')
    case 'wrong-method':
      return methodNotAllowed()
    case 'route': {
      onMatch()
      // Keeps web pages from driving the server through somebody's browser.
      if (request.headers['user-agent']?.startsWith('Mozilla/') === true)
        return text(403, 'User agent not allowed')
      const { route, proxy, toxic } = destination
      return route.answer({ proxies, version, proxy, toxic, body: await readBody(request) })
    }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of request) {
      const bytes = Buffer.from(part)
      size += bytes.length
      // Read to its end all the same: an answer in the middle of it would leave the connection unusable.
      if (size <= MOST_BODY_BYTES) parts.push(bytes)
    }
  } catch {
    // The client hung up: nobody will read this, but it must not pass for a fault of ours.
    throw apiErrors.badRequestBody('unexpected EOF')
  }
  if (size > MOST_BODY_BYTES) throw apiErrors.bodyTooLarge(MOST_BODY_BYTES)
  return Buffer.concat(parts).toString('utf8')
}

/** Answers a request that cannot even be read. */
export function refuseMalformed(_error: unknown, socket: Duplex): void {
  const { contentType, body } = malformed()
  if (socket.writable)
    socket.end(`HTTP/1.1 400 Bad Request\r\nContent-Type: ${contentType}\r\nConnection: close\r\n\r\n${body}`)
}

function send(response: ServerResponse, { status, contentType, body, headers }: Answer): void {
  if (contentType !== null) response.setHeader('Content-Type', contentType)
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body))
  response.writeHead(status, headers)
  response.end(body)
}

/** Numbers the requests in the form of Toxiproxy's ids: twenty characters, growing. */
function requestIds(): () => string {
  let last = 0
  return () => (++last).toString(32).padStart(20, '0')
}
