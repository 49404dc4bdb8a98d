import type { Socket } from 'node:net'
import type { Dialled } from './dial.ts'
import type { Intake } from './intake.ts'
import { Link, type LinkOptions } from './link.ts'
import { DIRECTIONS, type Direction, type Toxic } from './toxic.ts'

export interface ConnectionOptions extends Pick<
  LinkOptions,
  'clock' | 'chances' | 'proxy' | 'connection' | 'onFault'
> {
  client: Socket
  upstream: Dialled
  toxics: readonly Toxic[]
  /** Told once, when both sockets are closed. */
  onClosed: (connection: Connection) => void
}

/** A client, the upstream that was dialled for it, and a link each way. When either side closes, so does the other. */
export class Connection {
  readonly #sockets: readonly Socket[]
  readonly #links: Record<Direction, Link>
  /**
   * Closed with a reset, both sides and whatever the reason, if a toxic that resets affects it as it opens. Toxiproxy
   * decides it then, and for good; but there it also hits the connections which the toxicity spares (#603).
   */
  readonly #resets: boolean
  /** Cut with a reset, if another toxic ends it, where one that resets is there as it opens, sparing it or not. */
  readonly #cutsByReset: boolean
  #closed = false

  constructor({ client, upstream, toxics, onClosed, ...context }: ConnectionOptions) {
    this.#sockets = [client, upstream.socket]
    const link = (source: Socket, destination: Socket, intake: Intake | null) =>
      new Link({
        ...context,
        source,
        destination,
        intake,
        close: () =>
          this.#closeSocket(destination, this.#cutsByReset && !source.readableEnded && !source.destroyed),
        onFault: (error) => this.#onFault(error, context.onFault),
      })
    this.#links = {
      upstream: link(client, upstream.socket, null),
      downstream: link(upstream.socket, client, upstream.intake),
    }
    for (const direction of DIRECTIONS)
      this.#links[direction].open(toxics.filter((toxic) => toxic.direction === direction))
    const resetting = toxics.filter(({ kind }) => kind.resets === true)
    this.#cutsByReset = resetting.length > 0
    this.#resets = resetting.some((toxic) => this.#links[toxic.direction].affects(toxic))

    for (const socket of this.#sockets) {
      socket.once('close', () => {
        if (this.#closed || !this.#sockets.every((each) => each.destroyed)) return
        this.#closed = true
        for (const direction of DIRECTIONS) this.#links[direction].stop()
        onClosed(this)
      })
      // The close that follows an error is all that matters: a reset from one side is passed on as a plain close.
      socket.on('error', () => undefined)
      socket.resume()
    }
  }

  link(direction: Direction): Link {
    return this.#links[direction]
  }

  /** Closes both sides at once; what is still under way is lost. */
  close(): void {
    for (const socket of this.#sockets) this.#closeSocket(socket)
  }

  #closeSocket(socket: Socket, byReset = this.#resets): void {
    if (socket.destroyed) return
    if (byReset || this.#resets) socket.resetAndDestroy()
    else socket.destroy()
  }

  #onFault(error: unknown, report: (error: unknown) => void): void {
    // Bytes may be missing: better no connection than a wrong one.
    this.close()
    report(error)
  }
}
