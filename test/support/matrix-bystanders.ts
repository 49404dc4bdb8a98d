import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What somebody else keeps on the same server. One goes by a name such as another machine's drill would give, with a
 * toxic such as its fault: an undoing that goes by anything but what its own run made would hit it.
 */
const BYSTANDERS = [
  { proxy: 'somebody-elses', toxic: 'slow-lunch' },
  { proxy: 'gameday-elsewh-primary', toxic: 'elsewh-f0' },
]

export const BYSTANDER_NAMES = BYSTANDERS.map(({ proxy }) => proxy)

const ANSWER = 'still here'

/** The provider behind all bystanders. */
export async function startBystandersUpstream(): Promise<{ address: string; close(): void }> {
  const server: Server = createServer((_request, response) => void response.end(ANSWER))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** What the bystanders are and do, so that it can be held against what they are and do later. */
export interface Bystanders {
  /** Each one's state, as the server words it. */
  state: Record<string, string>
  /** What a real request through each is answered. */
  answers: Record<string, string>
}

/** Puts the bystanders on a server, each with a toxic of its own. */
export async function plantBystanders(serverUrl: string, upstream: string): Promise<void> {
  for (const { proxy, toxic } of BYSTANDERS) {
    await call('POST', `${serverUrl}/proxies`, { name: proxy, listen: '127.0.0.1:0', upstream })
    await call('POST', `${serverUrl}/proxies/${proxy}/toxics`, {
      name: toxic,
      type: 'latency',
      attributes: { latency: 3 },
    })
  }
}

/** Looks at each bystander, and sends a real request through it. */
export async function lookAtBystanders(serverUrl: string): Promise<Bystanders> {
  const looked = await Promise.all(
    BYSTANDER_NAMES.map(async (name) => {
      const state = await call('GET', `${serverUrl}/proxies/${name}`)
      return { name, state, answer: await ask(state) }
    }),
  )
  return {
    state: Object.fromEntries(looked.map(({ name, state }) => [name, state])),
    answers: Object.fromEntries(looked.map(({ name, answer }) => [name, answer])),
  }
}

async function ask(state: string): Promise<string> {
  const listen = /"listen":"([^"]+)"/.exec(state)?.[1]
  if (listen === undefined) return 'not asked: it listens nowhere'
  return await answerOf(`http://${listen}`)
}

async function call(method: string, url: string, body?: unknown): Promise<string> {
  try {
    const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    return await answer.text()
  } catch (error) {
    return `no answer: ${(error as Error).message}`
  }
}

/** Sends a request on a connection of its own, and tells what came of it. */
export function answerOf(url: string, timeoutMs = 10_000): Promise<string> {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false, timeout: timeoutMs }, (answer) => {
      let text = ''
      answer.on('data', (piece: Buffer) => (text += piece.toString()))
      answer.on('end', () => resolve(`${answer.statusCode} ${text}`))
    })
    asked.on('timeout', () => {
      resolve(`no answer within ${timeoutMs} ms`)
      asked.destroy()
    })
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    asked.end()
  })
}

/** What has happened to the bystanders, a sentence each; none if nothing has. */
export function harmDone(before: Bystanders, after: Bystanders): string[] {
  return BYSTANDER_NAMES.flatMap((name) => [
    ...(before.answers[name] === `200 ${ANSWER}`
      ? []
      : [`the bystander ${name} did not answer even before: ${before.answers[name]}`]),
    ...(after.state[name] === before.state[name]
      ? []
      : [`the bystander ${name} was changed: ${before.state[name]} -> ${after.state[name]}`]),
    ...(after.answers[name] === before.answers[name]
      ? []
      : [`a request through the bystander ${name} is not answered any more: ${after.answers[name]}`]),
  ])
}
