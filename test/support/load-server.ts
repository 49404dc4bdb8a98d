import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as a scripted server got it. */
export interface Got {
  /** Counted from 1. */
  n: number
  atMs: number
  authorization: string | undefined
  path: string
  body: {
    model: string
    stream: boolean
    user: string
    messages: { role: string; content: string }[]
    stream_options?: unknown
  }
  request: IncomingMessage
}

export type Script = (got: Got, answer: ServerResponse) => void | Promise<void>

export interface ScriptedServer {
  /** Ends in /v1. */
  url: string
  got: Got[]
  close: () => Promise<void>
}

/** Starts a real HTTP server on 127.0.0.1 that answers as the script says. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const got: Got[] = []
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    answer.on('error', () => undefined)
    request.on('end', () => {
      const entry: Got = {
        n: got.length + 1,
        atMs: performance.now(),
        authorization: request.headers.authorization,
        path: request.url ?? '',
        body: JSON.parse(Buffer.concat(chunks).toString()),
        request,
      }
      got.push(entry)
      void script(entry, answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    got,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends a JSON body. */
export function sendJson(
  answer: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) {
  answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

/** A good plain answer. */
export const completion = (id: string, content: string | null = 'Gladly.') => ({
  id,
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
})

const chunk = (id: string, choices: unknown[], rest: object = {}) =>
  `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', choices, ...rest })}\n\n`

/** The pieces of a stream, as a vendor sends them. */
export const sse = {
  role: (id: string) =>
    chunk(id, [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
  text: (id: string, content: string) => chunk(id, [{ index: 0, delta: { content }, finish_reason: null }]),
  finish: (id: string) => chunk(id, [{ index: 0, delta: {}, finish_reason: 'stop' }]),
  usage: (id: string) =>
    chunk(id, [], { usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } }),
  error: (code: string) =>
    `data: ${JSON.stringify({ error: { message: 'it broke', type: 'server_error', code } })}\n\n`,
  ping: ': ping\n\n',
  done: 'data: [DONE]\n\n',
}

/** Opens a stream; write the pieces yourself. */
export function openStream(answer: ServerResponse): ServerResponse {
  return answer.writeHead(200, { 'content-type': 'text/event-stream' })
}

/** Answers as a healthy provider does, stream or plain as asked. */
export function answerWell({ n, body }: Got, answer: ServerResponse): void {
  const id = `tag-${n}`
  if (!body.stream) return sendJson(answer, 200, completion(id))
  openStream(answer).end(
    [sse.role(id), sse.text(id, 'Gladly.'), sse.finish(id), sse.usage(id), sse.done].join(''),
  )
}
