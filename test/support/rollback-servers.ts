import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { systemClock } from '../../src/base/index.ts'
import { startToxiproxyServer, toxiproxyControl } from '../../src/toxiproxy/index.ts'
import { freePort } from './matrix-port.ts'

/** Takes down what a test started, when it is over: `onTestFinished`. */
export type Later = (end: () => void | Promise<void>) => void

const addressOf = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`

/** A server whose connections end with it. */
async function listening(server: Server, later: Later): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  later(async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  })
  return addressOf(server)
}

/** A TCP server that does this with each connection. Returns its address. */
export const tcpServer = (onConnection: (socket: Socket) => void, later: Later) =>
  listening(createServer(onConnection), later)

/** An HTTP server that says of itself what it was asked. */
export async function httpServer(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  later: Later,
): Promise<{ url: string; address: string; asked: string[] }> {
  const asked: string[] = []
  const server = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    void listener(request, response)
  })
  const address = await listening(server, later)
  return { url: `http://${address}`, address, asked }
}

/** A server that takes connections and says nothing, ever. */
export async function silentServer(later: Later): Promise<{ url: string; address: string; taken(): number }> {
  let taken = 0
  const address = await tcpServer((socket) => {
    taken++
    socket.resume()
  }, later)
  return { url: `http://${address}`, address, taken: () => taken }
}

/** The URL of a port on which nobody listens. */
export const refusingUrl = async () => `http://127.0.0.1:${await freePort()}`

/** A real embedded Toxiproxy in front of a real upstream, and a record of every call that was made to it. */
export async function toxiproxyScene(later: Later) {
  const upstream = await httpServer((_request, response) => response.end('hello'), later)
  const server = await startToxiproxyServer({ host: '127.0.0.1', port: 0, seed: 1, clock: systemClock })
  later(() => server.stop())
  const control = toxiproxyControl({ url: server.url, timeoutMs: 5000 })
  const proxy = await control.createProxy({
    name: 'gameday-abc123-primary',
    listen: '127.0.0.1:0',
    upstream: upstream.address,
  })
  return { server, control, upstream, proxy, place: { url: server.url, proxy: proxy.name } }
}

/** Hands every call on to a server, and keeps a record of it. `before` may do something first. */
export async function relayTo(
  url: string,
  later: Later,
  before: (call: string) => Promise<void> | void = () => undefined,
): Promise<{ url: string; asked: string[] }> {
  return await httpServer(async (request, response) => {
    await before(`${request.method} ${request.url}`)
    const body = await bodyOf(request)
    const answer = await fetch(`${url}${request.url}`, {
      method: request.method ?? 'GET',
      ...(body === '' ? {} : { body }),
    })
    response.writeHead(answer.status).end(await answer.text())
  }, later)
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text
}
