import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { systemClock, type Clock } from '../../src/base/index.ts'
import type { FaultSpec } from '../../src/drill/index.ts'
import { createFault, type Fault } from '../../src/faults/index.ts'
import type { Undo } from '../../src/record/index.ts'
import { undoChange } from '../../src/rollback/index.ts'
import { toxiproxyControl, type ToxiproxyControl } from '../../src/toxiproxy/index.ts'
import { faultSite } from './fault-site.ts'
import { planOf } from './rollback-plans.ts'
import { sample } from './sample.ts'

/** A body of 2000 bytes; with its headers an answer is a little longer. */
const BODY = 'x'.repeat(2000)

/** One connection through the proxy. */
export interface Line {
  /** Asks once. */
  ask(path?: string): void
  bytes(): number
  /** How often something arrived. */
  pieces(): number
  /** Waits until so many bytes have come in all; returns when that was. */
  until(bytes: number): Promise<number>
  /** How it ended: `end`, or the code of the error; and when. */
  ended: Promise<{ how: string; atMs: number }>
  isOpen(): boolean
}

/** A proxy in front of an HTTP server, and a fault of the network that can be put on it. */
export interface Wire {
  control: ToxiproxyControl
  proxy: string
  fault: Fault
  /** Undoes by the plan, as the watchdog would. */
  undo: (plan: Undo) => Promise<unknown>
  /** Questions that reached the server behind. */
  asked(): number
  /** Opens a connection; rejects with the error's code if it is refused. */
  open: () => Promise<Line>
  close(): Promise<void>
}

let made = 0

/** Puts it up on the Toxiproxy at `url`. */
export async function networkWire(url: string, spec: FaultSpec, clock: Clock = systemClock): Promise<Wire> {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    // Without a length the end of the answer is that of the connection.
    if (request.url === '/to-the-end') response.writeHead(200, { connection: 'close' }).end(BODY)
    else response.writeHead(200, { 'content-length': BODY.length }).end(BODY)
  })
  server.keepAliveTimeout = 60_000
  const sockets = new Set<Socket>()
  const control = toxiproxyControl({ url, timeoutMs: 5000 })
  const proxy = `gameday-wire-${process.pid}-${++made}`
  const { listen } = await control.createProxy({
    name: proxy,
    listen: '127.0.0.1:0',
    upstream: await listening(server),
  })
  const open = () => opened(Number(listen.split(':').at(-1)), sockets)
  const undo = (plan: Undo) =>
    undoChange(planOf(plan.change, plan.undo), {
      timeoutMs: 5000,
      runnerGone: false,
      fresh: true,
      rewrite: () => undefined,
    })
  const fault: Fault = createFault(
    faultSite({
      toxiproxy: control,
      proxy,
      clock,
      undoByPlan: async () => void (await undo(await fault.plan())),
      probe: async () => {
        const line = await open()
        line.ask()
        await Promise.race([line.until(BODY.length), line.ended])
        return sample({ id: 'p1', outcome: line.bytes() > BODY.length ? 'ok' : 'failed' })
      },
    }),
    spec,
  )
  return {
    control,
    proxy,
    fault,
    undo,
    asked: () => asked,
    open,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await fault.revert().catch(() => undefined)
      await control.deleteProxy(proxy)
      server.closeAllConnections()
      server.close()
    },
  }
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function opened(port: number, sockets: Set<Socket>): Promise<Line> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true, allowHalfOpen: true })
  sockets.add(socket)
  let [bytes, pieces] = [0, 0]
  const waiting = new Set<() => void>()
  socket.on('data', ({ length }) => {
    bytes += length
    pieces++
    for (const look of waiting) look()
  })
  const ended = new Promise<{ how: string; atMs: number }>((resolve) => {
    const over = (how: string) => resolve({ how, atMs: performance.now() })
    socket.once('error', (error: NodeJS.ErrnoException) => over(error.code ?? error.message))
    // libuv says end as well where the last bytes and a reset are read at once. A reset one cannot be written to.
    socket.once('end', () => {
      const atMs = performance.now()
      socket.write('?', (error) => resolve({ how: error == null ? 'end' : 'ECONNRESET', atMs }))
    })
  })
  await Promise.race([
    once(socket, 'connect'),
    ended.then(({ how }) => Promise.reject(new Error(`not connected: ${how}`))),
  ])
  return {
    ask: (path = '/') => void socket.write(`GET ${path} HTTP/1.1\r\nhost: wire\r\n\r\n`),
    bytes: () => bytes,
    pieces: () => pieces,
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (bytes >= wanted) resolve(performance.now())
        }
        waiting.add(look)
        look()
      }),
    ended,
    isOpen: () => !socket.destroyed && !socket.readableEnded,
  }
}
