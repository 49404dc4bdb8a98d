import { request } from 'node:http'
import { connect } from 'node:net'
import type { Subject } from './servers.ts'

/** An answer of the API, in all that a client may rely on. */
export interface Answer {
  status: number
  type: string | null
  body: string
  routed: boolean
  nosniff: boolean
  location: string | null
}

/** Sends one request as it stands, on a connection of its own, and brings the answer; null when none came. */
export function ask(
  { host, port }: Pick<Subject, 'host' | 'port'>,
  line: string,
  { headers = {}, timeoutMs = 10_000 }: { headers?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Answer | null> {
  const [, method = '', path = '', body] = /^([A-Z]+) (\S+)(?: ([^]*))?$/.exec(line) ?? []
  return new Promise((resolve) => {
    const sent = request(
      {
        host,
        port,
        method,
        path,
        agent: false,
        headers: { 'content-length': Buffer.byteLength(body ?? ''), ...headers },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', () => resolve(null))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? null,
            body: Buffer.concat(parts).toString('utf8'),
            routed: response.headers['x-toxiproxy-request-id'] !== undefined,
            nosniff: response.headers['x-content-type-options'] === 'nosniff',
            location: response.headers.location ?? null,
          }),
        )
      },
    )
    sent.setTimeout(timeoutMs, () => sent.destroy())
    sent.on('error', () => resolve(null))
    sent.end(body)
  })
}

/** Tries whether somebody accepts connections at `host:port`. */
export function dial(address: string): Promise<'connected' | 'refused'> {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? []
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port: Number(port) })
    socket.once('connect', () => {
      socket.destroy()
      resolve('connected')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') resolve('refused')
      else reject(error)
    })
  })
}
