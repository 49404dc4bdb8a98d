import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2 } from 'node:http2'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What is wrong with a router, or is no router at all; each passes everything else on to the primary. */
export type PathFlaw =
  | 'none'
  | 'goes-elsewhere'
  | 'half-elsewhere'
  | 'asks-the-secondary'
  | 'wants-a-key'
  | 'other-gate-key'
  | 'web-page'
  | 'http2-only'
  | 'no-http'
  | 'knows-no-model'
  | 'no-streams'
  | 'buffers-streams'
  | 'strips-marker'
  | 'rewrites-answers'
  | 'maps-model'

export interface Targets {
  primary: string
  secondary: string
  keys: Record<'primary' | 'secondary', string>
}

const CHAT = JSON.stringify({
  id: 'chatcmpl-elsewhere',
  object: 'chat.completion',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})
const SSE = [
  { id: 'e', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Hello' } }] },
  { id: 'e', object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
]
  .map((event) => `data: ${JSON.stringify(event)}\n\n`)
  .join('')

/** Starts a router with one flaw in front of two providers; it lives as long as the test. Returns its base URL. */
export function pathRouter(flaw: PathFlaw, targets: Targets): Promise<string> {
  return living(serverOf(flaw, targets))
}

/** Lets a server listen for as long as the test lives. Returns its base URL. */
export async function living(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

function serverOf(flaw: PathFlaw, targets: Targets): Server {
  if (flaw === 'no-http')
    return createTcp((socket) => socket.end('220 mail.example ESMTP\r\n').on('error', () => undefined))
  if (flaw === 'http2-only') return createHttp2((_, answer) => void answer.end(CHAT))
  let count = 0
  return createServer((incoming, answer) => {
    handle(incoming, answer, { flaw, targets, nth: count++ }).catch(() => answer.destroy())
  })
}

async function handle(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { flaw, targets, nth }: { flaw: PathFlaw; targets: Targets; nth: number },
): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece as Buffer)
  const body = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>
  const stream = body['stream'] === true
  const json = (status: number, text: string) =>
    void answer.writeHead(status, { 'content-type': 'application/json' }).end(text)
  const elsewhere = () =>
    stream
      ? void answer.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${SSE}data: [DONE]\n\n`)
      : json(200, CHAT)
  if (flaw === 'web-page')
    return void answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
  if (flaw === 'wants-a-key')
    return json(401, '{"error":{"message":"No key","type":"auth_error","code":"invalid_api_key"}}')
  if (flaw === 'knows-no-model')
    return json(
      404,
      '{"error":{"message":"No such model","type":"invalid_request_error","code":"model_not_found"}}',
    )
  if (flaw === 'goes-elsewhere' || (flaw === 'half-elsewhere' && nth % 2 === 0)) return elsewhere()
  const role = flaw === 'asks-the-secondary' ? 'secondary' : 'primary'
  const asked = {
    ...body,
    ...(flaw === 'maps-model' ? { model: 'gpt-4o-mini' } : {}),
    ...(flaw === 'no-streams' ? { stream: false, stream_options: undefined } : {}),
    ...(flaw === 'strips-marker' ? { user: 'me', messages: [{ role: 'user', content: 'Hello' }] } : {}),
  }
  const reply = await fetch(`${targets[role]}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${flaw === 'other-gate-key' ? 'sk-the-real-one' : targets.keys[role]}`,
    },
    body: JSON.stringify(asked),
  })
  answer.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'application/json' })
  if (flaw === 'buffers-streams') return void answer.end(await reply.text())
  if (flaw === 'rewrites-answers') {
    const text = await reply.text()
    return void answer.end(text.replaceAll(/"id":"[^"]*"/g, '"id":"mine"').replaceAll(/ ?\[by:[^\]]*\]/g, ''))
  }
  for await (const piece of reply.body ?? []) answer.write(piece)
  answer.end()
}
