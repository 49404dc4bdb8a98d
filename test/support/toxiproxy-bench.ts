import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { systemClock } from '../../src/base/index.ts'
import {
  startToxiproxyServer,
  toxiproxyControl,
  type NewToxic,
  type ProxyState,
  type ToxiproxyControl,
  type ToxiproxyServer,
} from '../../src/toxiproxy/index.ts'

/** An embedded server with what one needs around it; `close` takes all of it down. */
export interface Bench {
  server: ToxiproxyServer
  control: ToxiproxyControl
  /** Starts a TCP server that does this with each connection, and names its address. */
  upstream(onConnection: (socket: Socket) => void): Promise<string>
  /** Makes a proxy in front of an upstream; a server that echoes unless one is named. */
  proxy(upstream?: string): Promise<ProxyState>
  /** Opens a client to a proxy. */
  client(proxy: { listen: string }): Promise<Client>
  /** Sends a raw request to the control port. */
  call(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
}

export interface Client {
  socket: Socket
  /** All that came so far. */
  received(): Buffer
  /** Waits until this many bytes have come in all, and says when that was (milliseconds, monotonic). */
  until(bytes: number): Promise<number>
  /** How the connection ended: `end`, or the code of the error. */
  ended: Promise<{ how: string; atMs: number }>
}

export async function startBench(options: { seed?: number; version?: string } = {}): Promise<Bench> {
  const server = await startToxiproxyServer({
    host: '127.0.0.1',
    port: 0,
    seed: 1,
    clock: systemClock,
    ...options,
  })
  const control = toxiproxyControl({ url: server.url, timeoutMs: 5000 })
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  let made = 0

  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  }
  const upstream = async (onConnection: (socket: Socket) => void) => {
    const started = createServer({ allowHalfOpen: true }, (socket) => {
      track(socket)
      onConnection(socket)
    })
    servers.push(started)
    started.listen(0, '127.0.0.1')
    await once(started, 'listening')
    return `127.0.0.1:${(started.address() as AddressInfo).port}`
  }
  const echo = await upstream((socket) => void socket.pipe(socket))

  return {
    server,
    control,
    upstream,
    proxy: (to = echo) =>
      control.createProxy({ name: `proxy ${++made}`, listen: '127.0.0.1:0', upstream: to }),
    client: async ({ listen }) => {
      const socket = connect({
        host: '127.0.0.1',
        port: Number(listen.split(':').at(-1)),
        noDelay: true,
        allowHalfOpen: true,
      })
      track(socket)
      const client = watch(socket)
      await once(socket, 'connect')
      return client
    },
    call: (method, path, body, headers = {}) =>
      fetch(`${server.url}${path}`, {
        method,
        headers,
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      for (const each of servers) each.close()
      await server.stop()
    },
  }
}

function watch(socket: Socket): Client {
  const chunks: Buffer[] = []
  let length = 0
  const waiting = new Set<() => void>()
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    for (const look of waiting) look()
  })
  const ended = new Promise<{ how: string; atMs: number }>((resolve) => {
    socket.once('end', () => resolve({ how: 'end', atMs: performance.now() }))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ how: error.code ?? error.message, atMs: performance.now() }),
    )
  })
  return {
    socket,
    received: () => Buffer.concat(chunks),
    until: (bytes) =>
      new Promise((resolve) => {
        const look = () => {
          if (length < bytes) return
          waiting.delete(look)
          resolve(performance.now())
        }
        waiting.add(look)
        look()
      }),
    ended,
  }
}

/** A toxic with the defaults of the API. */
export function toxic(
  type: NewToxic['type'],
  attributes: Record<string, number>,
  rest: Partial<NewToxic> = {},
): NewToxic {
  const stream = rest.stream ?? 'downstream'
  return { name: `${type}_${stream}`, type, stream, toxicity: 1, attributes, ...rest }
}

/** A toxic that every byte passes and that changes nothing. */
export function harmless(name = 'harmless'): NewToxic {
  return toxic('limit_data', { bytes: Number.MAX_SAFE_INTEGER }, { name })
}

/** Bytes that tell their own place, so that a lost, doubled or moved one shows. */
export function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8)) & 0xff
  return bytes
}
