import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openaiChunks, openaiCompletion, openaiFormat, type ErrorKind } from '../../src/wire/index.ts'

/** A request as the upstream saw it. */
interface Asked {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** The router closed the connection before the answer was complete. */
  hungUp: boolean
}

export type Script = (response: ServerResponse, asked: Asked) => void | Promise<void>

/** A provider that does what the test's script says, and remembers what it was asked. */
export interface Upstream {
  url: string
  asked: Asked[]
  script: Script
  stop: () => Promise<void>
}

export async function startUpstream(script: Script): Promise<Upstream> {
  const asked: Asked[] = []
  const upstream: Upstream = { url: '', asked, script, stop: async () => {} }
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const one: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
        hungUp: false,
      }
      asked.push(one)
      response.on('close', () => (one.hungUp = !response.writableFinished))
      return upstream.script(response, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  upstream.stop = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return upstream
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk)
  return text
}

const head = (id: string) => ({ id, created: 1_700_000_000, model: 'gpt-4o-mini' })
const tokens = { inputTokens: 1000, outputTokens: 100 }

/** The body of a plain answer from `who`. */
export const plainBody = (who: string) =>
  openaiCompletion(head(`chatcmpl-${who}`), `Hello from ${who}. Grüße, 世界 🌍`, tokens)

/** The events of a stream from `who`, one string each: role, three of content, finish, usage, [DONE]. */
export function streamEvents(who: string) {
  const writer = openaiChunks(head(`chatcmpl-${who}`), true)
  return {
    role: writer.role(),
    content: ['Hello ', `from ${who}. `, 'Grüße, 世界 🌍'].map((text) => writer.content(text)),
    finish: writer.finish('stop'),
    usage: writer.usage(tokens),
    done: writer.done(),
  }
}

/** All of that stream as one text. */
export function streamBody(who: string): string {
  const { role, content, finish, usage, done } = streamEvents(who)
  return [role, ...content, finish, usage, done].join('')
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req-upstream' })
  response.flushHeaders()
}

/** Answers well, plain or streamed as asked. */
export const answers =
  (who: string): Script =>
  (response, { body }) => {
    if (body.includes('"stream":true')) {
      startStream(response)
      response.end(streamBody(who))
    } else {
      return sends(200, plainBody(who))(response, noRequest)
    }
  }

/** Answers with this status, body and headers. */
export const sends =
  (status: number, body: string, headers: Record<string, string> = {}): Script =>
  (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-request-id': 'req-upstream',
      ...headers,
    })
    response.end(body)
  }

/** Refuses in the vendor's words. */
export const refuses =
  (kind: ErrorKind, details: { key?: string; retryAfterMs?: number } = {}): Script =>
  (response) => {
    const { status, headers, body } = openaiFormat.errorAnswer(kind, {
      requestId: 'req-upstream',
      ...details,
    })
    response.writeHead(status, headers)
    response.end(body)
  }

/** Streams these texts, each in a read of its own, then ends properly. */
export const streams =
  (...texts: string[]): Script =>
  async (response) => {
    await writeApart(response, texts)
    response.end()
  }

/** Streams these texts, each in a read of its own, then breaks the connection. */
export const breaksAfter =
  (...texts: string[]): Script =>
  async (response) => {
    await writeApart(response, texts)
    response.destroy()
  }

/** Lets the event loop turn in between, so that the router, in this very process, has read one text before the next. */
async function writeApart(response: ServerResponse, texts: readonly string[]): Promise<void> {
  startStream(response)
  for (const text of texts) {
    response.write(text)
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate)
  }
}

/** Sends these texts and then nothing more, for ever. */
export const stallsAfter =
  (...texts: string[]): Script =>
  (response) => {
    startStream(response)
    for (const text of texts) response.write(text)
  }

/** Never answers. */
export const hangs: Script = () => {}

/** Closes the connection without an answer. */
export const resets: Script = (response) => {
  response.destroy()
}

const noRequest: Asked = { method: '', path: '', headers: {}, body: '', hungUp: false }
