import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { FreezeOrder, FromServer, LoadOrder, LoadReport, ToServer } from './messages.ts'

export interface Round {
  load: LoadReport
  server: FromServer & { type: 'report' }
}

/** Runs one load against a fresh server, each in a process of its own, and brings back what both of them saw. */
export async function round(order: Omit<LoadOrder, 'url'>, freeze?: FreezeOrder): Promise<Round> {
  const server = fork(new URL('./server.ts', import.meta.url))
  const client = fork(new URL('./client.ts', import.meta.url))
  try {
    const listening = await answerOf<FromServer & { type: 'listening' }>(server, 'the server')
    if (freeze !== undefined) tell(server, { type: 'freeze', freeze })
    const reported = answerOf<LoadReport>(client, 'the load')
    client.send({ ...order, url: `http://127.0.0.1:${listening.port}/v1` } satisfies LoadOrder)
    const load = await reported
    tell(server, { type: 'report' })
    return { load, server: await answerOf<FromServer & { type: 'report' }>(server, 'the server') }
  } finally {
    server.kill()
    client.kill()
  }
}

const tell = (server: ChildProcess, message: ToServer) => server.send(message)

async function answerOf<T>(child: ChildProcess, name: string): Promise<T> {
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${String(code)} before it had answered`)
  })
  // Only the first of both matters; the process is ended later anyway.
  exit.catch(() => undefined)
  const [message] = await Promise.race([once(child, 'message'), exit])
  return message
}
