import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** As much of a Redis as a cache of answers needs, on a real socket: GET, SET and what a client says to begin with. */
export interface FakeRedis {
  url: string
  values: Map<string, { text: string; ttlMs: number | null }>
  /** What was asked, by its first word. */
  asked: string[]
  /** Answers nothing from now on. */
  hang(): void
  stop(): Promise<void>
}

/** With a password it answers nobody who has not said it. */
export async function startRedis(password?: string): Promise<FakeRedis> {
  const values: FakeRedis['values'] = new Map()
  const asked: string[] = []
  const sockets = new Set<Socket>()
  let hanging = false
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let text = ''
    let known = password === undefined
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (let command = take(); command !== null; command = take()) {
        asked.push(command[0]!.toLowerCase())
        if (password !== undefined && /^(auth|hello)$/i.test(command[0] ?? ''))
          known = command.includes(password)
        if (!hanging) socket.write(known ? reply(command) : '-NOAUTH Authentication required.\r\n')
      }
    })
    /** One command in RESP, `*2 $3 GET $1 k`, as soon as all of it is there. */
    function take(): string[] | null {
      const lines = text.split('\r\n')
      const count = Number(/^\*(\d+)$/.exec(lines[0] ?? '')?.[1] ?? Number.NaN)
      if (Number.isNaN(count) || lines.length < 2 * count + 2) return null
      text = lines.slice(2 * count + 1).join('\r\n')
      return lines.slice(1, 2 * count + 1).filter((_, index) => index % 2 === 1)
    }
  })
  const reply = ([word = '', key = '', value = '', , ttl]: string[]): string => {
    switch (word.toLowerCase()) {
      case 'get': {
        const found = values.get(key)?.text
        return found === undefined ? '$-1\r\n' : `$${Buffer.byteLength(found)}\r\n${found}\r\n`
      }
      case 'set':
        values.set(key, { text: value, ttlMs: ttl === undefined ? null : Number(ttl) })
        return '+OK\r\n'
      case 'info':
        return '$19\r\nredis_version:7.2.0\r\n'
      default:
        return '+OK\r\n'
    }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${(server.address() as AddressInfo).port}`,
    values,
    asked,
    hang: () => (hanging = true),
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
