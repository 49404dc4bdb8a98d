import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { living, type Targets } from './path-routers.ts'

/** What a router does about a primary that fails it, or says nothing. */
export type Manner =
  'leaves-at-once' | 'waits-for-ever' | 'retries-for-ever' | 'gives-up' | 'answers-from-elsewhere'

const PATIENCE_MS = 250
const ELSEWHERE = JSON.stringify({
  id: 'chatcmpl-elsewhere',
  object: 'chat.completion',
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
})

/** Starts a router that asks the primary first and has one manner of failing over; lives as long as the test. */
export function failoverRouter(manner: Manner, targets: Targets): Promise<string> {
  return living(
    createServer((incoming, answer) => {
      handle(incoming, answer, manner, targets).catch(() => answer.destroy())
    }),
  )
}

async function handle(
  incoming: IncomingMessage,
  answer: ServerResponse,
  manner: Manner,
  targets: Targets,
): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  const asks = (role: 'primary' | 'secondary', patienceMs: number) =>
    fetch(`${targets[role]}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${targets.keys[role]}` },
      body,
      signal: AbortSignal.timeout(patienceMs),
    }).catch(() => null)
  const send = (status: number, text: string, type = 'application/json') =>
    void answer.writeHead(status, { 'content-type': type }).end(text)
  const pass = async (reply: Response) =>
    send(reply.status, await reply.text(), reply.headers.get('content-type') ?? undefined)

  const patienceMs = manner === 'waits-for-ever' ? 30_000 : PATIENCE_MS
  do {
    const reply = await asks('primary', patienceMs)
    if (reply?.ok === true) return pass(reply)
  } while (manner === 'retries-for-ever' && !answer.destroyed)
  if (manner === 'gives-up') return send(502, '{"error":{"message":"no","type":"server_error","code":null}}')
  if (manner === 'answers-from-elsewhere') return send(200, ELSEWHERE)
  const reply = await asks('secondary', 10_000)
  if (reply !== null) return pass(reply)
  answer.destroy()
}
