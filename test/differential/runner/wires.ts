import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** One end of a proxied connection: what it sent, and all that it saw, in order. */
export class End {
  readonly socket: Socket
  readonly log: string[] = []
  /** When each event was seen (milliseconds, monotonic); for bytes, the count that was reached then. */
  readonly seen: { event: string; total: number; atMs: number }[] = []
  reads = 0
  #got = 0
  #sent = 0
  readonly #expects: number
  readonly #onEvent: () => void

  /** `expects` is whose bytes come in here, so that a wrong, lost or moved one shows. */
  constructor(socket: Socket, { expects, onEvent }: { expects: number; onEvent: () => void }) {
    this.socket = socket
    this.#expects = expects
    this.#onEvent = onEvent
    socket.on('data', (data: Buffer) => this.#take(data))
    socket.once('end', () => this.note('fin'))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.note(
        error.code === 'ECONNREFUSED'
          ? 'refused'
          : error.code === 'ECONNRESET' || error.code === 'EPIPE'
            ? 'rst'
            : String(error.code),
      ),
    )
  }

  send(bytes: number, whose: number): void {
    this.socket.write(pattern(whose, this.#sent, bytes))
    this.#sent += bytes
  }

  note(event: string): void {
    if (event.startsWith('got ') && this.log.at(-1)?.startsWith('got ')) this.log.pop()
    // A reset may be told twice, by the read and by the write.
    if (event === 'rst' && this.log.includes('rst')) return
    this.log.push(event)
    this.seen.push({ event, total: this.#got, atMs: performance.now() })
    this.#onEvent()
  }

  /** When a sight was first seen; undefined if not yet. */
  when(event: string): number | undefined {
    const bytes = /^got (\d+)$/.exec(event)?.[1]
    return this.seen.find((one) => (bytes === undefined ? one.event === event : one.total >= Number(bytes)))
      ?.atMs
  }

  #take(data: Buffer): void {
    this.reads++
    const right = data.equals(pattern(this.#expects, this.#got, data.length))
    this.#got += data.length
    this.note(right ? `got ${this.#got}` : 'wrong bytes')
  }
}

/** Bytes that repeat only after a prime number of them, twice over, so that any stretch can be cut out of it. */
const PERIOD = 65_521
const TABLE = Buffer.alloc(2 * PERIOD)
for (let at = 0; at < TABLE.length; at++)
  TABLE[at] = ((at % PERIOD) * 31 + (((at % PERIOD) >> 8) & 0xff) * 7) & 0xff

/** Bytes that tell their place and whose they are. */
function pattern(whose: number, from: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  for (let at = 0; at < length; at += PERIOD) {
    const start = (from + at + whose * 1009) % PERIOD
    TABLE.copy(bytes, at, start, start + Math.min(PERIOD, length - at))
  }
  return bytes
}

/** Starts a TCP server that hands on what it accepts. */
export async function listenTcp(
  onSocket: (socket: Socket) => void,
): Promise<{ port: number; server: Server }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, server }
}

export const connectTcp = (port: number): Socket =>
  connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
