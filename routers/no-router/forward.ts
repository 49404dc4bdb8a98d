import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI, { APIError } from 'openai'

/**
 * Stands for an application without a router: asks the primary alone, by the official client with its defaults, which
 * are two retries of its own. What comes of it is passed on. Started as a process of its own; prints its address.
 */
const client = new OpenAI({
  baseURL: process.env['PRIMARY_BASE_URL'],
  apiKey: process.env['PRIMARY_API_KEY'],
})

const server = createServer((incoming, answer) => {
  forward(incoming, answer).catch((error: unknown) => refuse(answer, error))
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  process.stdout.write(`forwards at http://127.0.0.1:${(server.address() as AddressInfo).port}/v1\n`)
})

async function forward(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece as Buffer)
  const body = JSON.parse(
    Buffer.concat(pieces).toString(),
  ) as OpenAI.Chat.Completions.ChatCompletionCreateParams
  const hungUp = new AbortController()
  answer.on('close', () => hungUp.abort())
  const reply = await client.chat.completions.create(body, { signal: hungUp.signal })
  if (!('controller' in reply)) {
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply))
    return
  }
  answer.writeHead(200, { 'content-type': 'text/event-stream' })
  for await (const chunk of reply) answer.write(`data: ${JSON.stringify(chunk)}\n\n`)
  answer.end('data: [DONE]\n\n')
}

function refuse(answer: ServerResponse, error: unknown): void {
  // A stream that has begun can only be cut.
  if (answer.headersSent) {
    answer.destroy()
    return
  }
  const refused = error instanceof APIError ? error : null
  const text = JSON.stringify({ error: refused?.error ?? { message: 'no answer', type: 'server_error' } })
  answer.writeHead(refused?.status ?? 502, { 'content-type': 'application/json' }).end(text)
}
