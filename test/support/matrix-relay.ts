import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { freePort } from './matrix-port.ts'

/** One call of the control interface, as its caller made it. */
export interface Call {
  method: string
  path: string
  body: string
  /** The caller's own port, by which the system can tell who it is while it waits. */
  from: number
}

/** Where a call is held: on its way there, so that it has not been made; or on its way back, so that nobody knows it was. */
export type Where = 'before it is forwarded' | 'before its answer is handed on'

export interface Hold {
  /** Resolves with the call once it is held. */
  reached: Promise<Call>
  /** How many calls are held: more than one if others of its kind came beside it. */
  held(): number
  /** Lets it go, and holds nothing more. If its caller has gone meanwhile it is dropped. */
  release(): Promise<void>
}

export interface Relay {
  url: string
  /** All calls so far, in order. */
  calls: readonly Call[]
  /** Tells of each call as it comes, until the function that is returned is called. */
  onCall(listener: (call: Call) => void): () => void
  /**
   * Holds the first call that matches, and those that match right after it: where a program makes the same call for two
   * purposes, the one that is meant is among them.
   */
  hold(where: Where, match: (call: Call) => boolean): Hold
  /** Refuses connections from now on and cuts those that there are, as a server does whose process has died. */
  down(): Promise<void>
  /** Listens again, on the same port. */
  up(): Promise<void>
  close(): Promise<void>
}

interface Trap {
  where: Where
  /** Whether this call is to be held. */
  takes(call: Call): boolean
  /** Resolves when it may go on. */
  keep(call: Call): Promise<void>
}

/** Calls of two purposes that come within this time are held both. */
const BESIDE_MS = 100
/** For so long the end of a caller's connection may take to be heard of. */
const HEARD_MS = 50

/**
 * Stands between a program and the control interface of a Toxiproxy, and forwards every call. It can hold a chosen one,
 * which is how a test does something exactly between two steps of a program that has no hook for it.
 *
 *     gameday ---> relay ---> Toxiproxy's control port
 *                    '-- holds a call on its way there, or its answer on the way back
 */
export async function startRelay(target: string): Promise<Relay> {
  const calls: Call[] = []
  const hungUp = new WeakMap<Socket, AbortSignal>()
  const listeners = new Set<(call: Call) => void>()
  let trap: Trap | null = null

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const call = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      body: await textOf(incoming),
      from: incoming.socket.remotePort ?? 0,
    }
    calls.push(call)
    for (const tell of listeners) tell(call)
    const gone = hungUp.get(incoming.socket) ?? AbortSignal.abort()
    const stop = async (where: Where) => {
      if (trap?.where === where && trap.takes(call)) await trap.keep(call)
    }
    try {
      await stop('before it is forwarded')
      if (gone.aborted) return
      const answer = await forward(target, call, incoming, gone)
      await stop('before its answer is handed on')
      outgoing.writeHead(answer.status, answer.headers).end(answer.text)
    } catch {
      // The server is gone or cut the connection: so is this one.
      incoming.socket.destroy()
    }
  }

  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing))
  server.on('connection', (socket) => {
    const gone = new AbortController()
    hungUp.set(socket, gone.signal)
    // A caller that waits for an answer sends no more, so the end of what it sends is the end of the caller.
    for (const event of ['end', 'close', 'error']) socket.once(event, () => gone.abort())
  })
  const port = await freePort()
  const up = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const down = async () => {
    const closed = server.listening ? once(server, 'close') : Promise.resolve()
    server.close()
    server.closeAllConnections()
    await closed
  }
  await up()

  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    up,
    down,
    close: down,
    onCall: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    hold: (where, match) => {
      let [held, firstMs, reach, open] = [0, Infinity, (_call: Call) => {}, () => {}]
      const reached = new Promise<Call>((resolve) => (reach = resolve))
      const opened = new Promise<void>((resolve) => (open = resolve))
      const mine: Trap = {
        where,
        takes: (call) => performance.now() - firstMs < BESIDE_MS && match(call),
        keep: (call) => {
          firstMs = Math.min(firstMs, performance.now())
          held++
          reach(call)
          return opened
        },
      }
      trap = mine
      return {
        reached,
        held: () => held,
        release: async () => {
          if (trap === mine) trap = null
          await new Promise((resolve) => setTimeout(resolve, HEARD_MS))
          open()
        },
      }
    },
  }
}

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

async function forward(
  target: string,
  { method, path, body }: Call,
  { headers: { connection: _connection, host: _host, ...headers } }: IncomingMessage,
  gone: AbortSignal,
): Promise<Answer> {
  const outward = request(`${target}${path}`, { method, headers, agent: false, signal: gone })
  outward.end(body)
  const [answer] = (await once(outward, 'response')) as [IncomingMessage]
  const { 'transfer-encoding': _coding, connection: _its, ...kept } = answer.headers
  return { status: answer.statusCode ?? 502, headers: kept, text: await textOf(answer) }
}

async function textOf(message: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
