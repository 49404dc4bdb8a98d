import type { Socket } from 'node:net'
import type { Clock } from '../../base/index.ts'
import { joinHostPort, resolveListen } from './address.ts'
import type { Chances } from './chances.ts'
import { Connection } from './connection.ts'
import { dial, type Dial, type Dialled } from './dial.ts'
import { ApiError, apiErrors } from './errors.ts'
import { Intakes } from './intake.ts'
import type { Encodable } from './json/encode.ts'
import { listen, type Listener } from './listener.ts'
import { Serial } from './serial.ts'
import { ToxicChain } from './toxic-chain.ts'
import { describeToxic, type Toxic } from './toxic.ts'

/** What all proxies of a server share. */
export interface ServerContext {
  clock: Clock
  chances: Chances
  onFault: (error: unknown) => void
}

export interface ProxySettings {
  listen: string
  upstream: string
  enabled: boolean
}

/**
 * A port that is forwarded to an upstream, through toxics. Changes run one after the other; reading never waits.
 * Toxics outlive disabling, connections do not.
 */
export class Proxy {
  readonly name: string
  readonly #context: ServerContext
  readonly #ordinal: number
  readonly #changes = new Serial()
  readonly #connections = new Set<Connection>()
  readonly #intakes = new Intakes()
  readonly #dialling = new Map<Socket, Dial>()
  readonly #chain = new ToxicChain((direction) =>
    Array.from(this.#connections, (connection) => connection.link(direction)),
  )
  #listen: string
  #upstream: string
  #listener: Listener | null = null
  #accepted = 0
  #retired = false

  /** `ordinal` counts the proxies that a server has been given; it stays the same from run to run, where names may not. */
  constructor(
    name: string,
    { listen: address, upstream }: Omit<ProxySettings, 'enabled'>,
    context: ServerContext,
    ordinal: number,
  ) {
    this.name = name
    this.#listen = address
    this.#upstream = upstream
    this.#context = context
    this.#ordinal = ordinal
  }

  get settings(): ProxySettings {
    return { listen: this.#listen, upstream: this.#upstream, enabled: this.#listener !== null }
  }

  get toxics(): readonly Toxic[] {
    return this.#chain.toxics
  }

  /** The proxy as the API reports it, in the API's order of keys. `Logger` is there because Toxiproxy has it. */
  describe(): Encodable {
    return { name: this.name, ...this.settings, Logger: {}, toxics: this.toxics.map(describeToxic) }
  }

  /** Finds a toxic. Throws the API's 404. */
  toxic(name: string): Toxic {
    return this.#chain.get(name)
  }

  addToxic(body: string): Promise<Toxic> {
    return this.#changes.run(() => this.#chain.add(body))
  }

  updateToxic(name: string, body: string): Promise<Toxic> {
    return this.#changes.run(() => this.#chain.update(name, body))
  }

  removeToxic(name: string): Promise<void> {
    return this.#changes.run(() => this.#chain.remove(name))
  }

  /** Opens the port if it is closed. Throws the API's 500 when it cannot be bound. */
  start(): Promise<void> {
    return this.#changes.run(() => this.#start())
  }

  /** Closes the port and drops every connection. */
  stop(): Promise<void> {
    return this.#changes.run(async () => this.#stop())
  }

  /** Closes it for good: whatever was to be done to it after this finds no proxy any more. */
  retire(): Promise<void> {
    return this.#changes.run(async () => {
      this.#retired = true
      this.#stop()
    })
  }

  /** Opens the port if it is closed, and then removes every toxic. Throws the API's 500 when it cannot be bound. */
  reset(): Promise<void> {
    return this.#changes.run(async () => {
      await this.#start()
      await this.#chain.removeAll()
    })
  }

  /**
   * Changes where it listens, what it forwards to and whether it is open; `change` is asked once the changes before it are
   * done. A new address drops every connection. Throws the API's 500; a port that cannot be bound leaves the proxy closed
   * with its new address, as in Toxiproxy.
   */
  update(change: (now: ProxySettings) => ProxySettings): Promise<void> {
    return this.#changes.run(async () => {
      const wanted = change(this.settings)
      if (await this.differs(wanted)) {
        this.#stop()
        this.#listen = wanted.listen
        this.#upstream = wanted.upstream
      }
      if (wanted.enabled) await this.#start()
      else this.#stop()
    })
  }

  /**
   * Says whether these addresses are others than its own. A name is resolved first, so that `localhost:80` is no other than
   * 127.0.0.1:80; port 0 always is one. Throws the API's 500 when the address cannot be read.
   */
  async differs(wanted: Omit<ProxySettings, 'enabled'>): Promise<boolean> {
    const { host, port } = await resolveListen(wanted.listen)
    return joinHostPort(host, port) !== this.#listen || wanted.upstream !== this.#upstream
  }

  async #start(): Promise<void> {
    if (this.#retired) throw apiErrors.proxyNotFound()
    if (this.#listener !== null) return
    const listener = await this.#bind()
    this.#listener = listener
    this.#listen = listener.address
  }

  async #bind(): Promise<Listener> {
    try {
      return await listen(await resolveListen(this.#listen), (client) => this.#accept(client))
    } catch (error) {
      // What cannot even be read or resolved is told without the address that was tried: "listen tcp: address x: …".
      if (error instanceof ApiError && !error.message.startsWith('listen '))
        throw apiErrors.address(`listen tcp: ${error.message}`)
      throw error
    }
  }

  #stop(): void {
    if (this.#listener === null) return
    this.#listener.close()
    this.#listener = null
    for (const [client, dial] of this.#dialling) {
      dial.abort()
      client.destroy()
    }
    this.#dialling.clear()
    for (const connection of this.#connections) connection.close()
    this.#connections.clear()
  }

  /** Dials the upstream for a client. Beside the accepting, so that an upstream that never answers holds up nobody else. */
  #accept(client: Socket): void {
    const connection = ++this.#accepted
    client.on('error', () => undefined)
    const dialling = dial(this.#upstream, this.#intakes.take(), (upstream) => {
      this.#dialling.delete(client)
      // Toxiproxy accepts before it dials, so a client of a dead upstream is closed and never refused.
      if (upstream === null) client.destroy()
      else this.#open(client, upstream, connection)
    })
    this.#dialling.set(client, dialling)
  }

  #open(client: Socket, upstream: Dialled, connection: number): void {
    const opened = new Connection({
      client,
      upstream,
      connection,
      proxy: this.#ordinal,
      toxics: this.toxics,
      onClosed: (closed) => {
        this.#connections.delete(closed)
        this.#intakes.giveBack(upstream.intake)
      },
      ...this.#context,
    })
    this.#connections.add(opened)
  }
}
