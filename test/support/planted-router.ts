import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request, type Dispatcher } from 'undici'
import type { RouterTarget } from '../../src/router/index.ts'
import type { RouterMaker } from '../../src/stage/index.ts'

/** What is wrong with a router that was built to be caught. */
export type Flaw =
  | 'none'
  | 'no-failover-on-401'
  | 'no-failover-of-streams'
  | 'no-circuit'
  | 'never-fails-back'
  | 'ends-cut-streams-clean'
  | 'answers-empty'
  | 'lies-about-server'
  | 'loses-2-percent'
  | 'spreads-to-all-tenants'
  | 'drops-one-tenant'

/** How long the primary is left alone after it failed. */
const COOLDOWN_MS = 3000
const PATIENCE_MS = 2000
/** How long it holds one tenant's refusal against everybody. */
const SPREAD_MS = 5

/**
 * A small router in front of two providers with one flaw. Without a flaw it fails over on any error before it has
 * sent anything, leaves a failed primary alone for three seconds, and cuts the connection when a stream breaks off.
 */
export function plantedRouter(flaw: Flaw): RouterMaker {
  return async (targets) => {
    const agent = new Agent({ connections: 200 })
    const state = { sickUntilMs: 0, spreadUntilMs: 0, metDeadKey: false, count: 0 }
    const server = createServer((incoming, answer) => {
      handle(incoming, answer, { flaw, targets, agent, state }).catch(() => answer.destroy())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return {
      kind: 'external',
      url: `http://127.0.0.1:${port}/v1`,
      key: 'planted',
      stop: async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
        await agent.destroy()
      },
    }
  }
}

interface Desk {
  flaw: Flaw
  targets: readonly RouterTarget[]
  agent: Agent
  state: { sickUntilMs: number; spreadUntilMs: number; metDeadKey: boolean; count: number }
}

async function handle(incoming: IncomingMessage, answer: ServerResponse, desk: Desk): Promise<void> {
  const { flaw, targets, state } = desk
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece as Buffer)
  const body = Buffer.concat(pieces)
  const stream = (JSON.parse(body.toString()) as { stream?: boolean }).stream === true
  if (flaw === 'loses-2-percent' && state.metDeadKey && ++state.count % 50 === 0) return fail(answer, 500)

  if (performance.now() < state.spreadUntilMs) return fail(answer, 429)
  const skipPrimary =
    flaw === 'never-fails-back'
      ? state.metDeadKey
      : flaw !== 'no-circuit' && flaw !== 'spreads-to-all-tenants' && performance.now() < state.sickUntilMs
  for (const target of skipPrimary ? targets.slice(1) : targets) {
    const reply = await ask(target, body, desk.agent)
    if (reply?.statusCode === 200) return send(target, reply, answer, flaw)
    const text = (await reply?.body.text().catch(() => '')) ?? ''
    if (target.role === 'primary') {
      const status = reply?.statusCode ?? 502
      if (flaw === 'drops-one-tenant' && status === 400) return fail(answer, status, text)
      if (flaw === 'spreads-to-all-tenants') state.spreadUntilMs = performance.now() + SPREAD_MS
      if (flaw === 'no-failover-on-401' && status === 401) return fail(answer, status, text)
      if (flaw === 'no-failover-of-streams' && stream) return fail(answer, status, text)
      if (flaw === 'answers-empty') return fail(answer, 200, '{"choices":[]}')
      // Only what the drill breaks is remembered for good: a moment in which this machine stood still is no flaw.
      if (status === 401) state.metDeadKey = true
      state.sickUntilMs = performance.now() + COOLDOWN_MS
    }
  }
  fail(answer, 502)
}

async function ask(
  target: RouterTarget,
  body: Buffer,
  dispatcher: Agent,
): Promise<Dispatcher.ResponseData | null> {
  try {
    return await request(`${target.baseUrl}/chat/completions`, {
      method: 'POST',
      dispatcher,
      headersTimeout: PATIENCE_MS,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${target.key}` },
      body,
    })
  } catch {
    return null
  }
}

async function send(
  target: RouterTarget,
  reply: Dispatcher.ResponseData,
  answer: ServerResponse,
  flaw: Flaw,
): Promise<void> {
  answer.writeHead(200, {
    'content-type': reply.headers['content-type'] ?? 'application/json',
    'x-gameday-served-by': flaw === 'lies-about-server' ? 'primary' : target.role,
  })
  try {
    for await (const piece of reply.body) answer.write(piece)
    answer.end()
  } catch {
    if (flaw === 'ends-cut-streams-clean') answer.end()
    else answer.destroy()
  }
}

function fail(
  answer: ServerResponse,
  status: number,
  text = '{"error":{"message":"no provider","type":"server_error","code":null}}',
): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(text)
}
