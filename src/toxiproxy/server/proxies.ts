import { apiErrors } from './errors.ts'
import { Proxy, type ProxySettings, type ServerContext } from './proxy.ts'
import { Serial } from './serial.ts'

export interface NewProxy extends ProxySettings {
  name: string
}

/** The proxies of a server, by name. What adds or removes one runs one after the other; reading never waits. */
export class Proxies {
  readonly #context: ServerContext
  readonly #changes = new Serial()
  readonly #byName = new Map<string, Proxy>()
  #made = 0
  #closed = false

  constructor(context: ServerContext) {
    this.#context = context
  }

  [Symbol.iterator](): Iterator<Proxy> {
    return [...this.#byName.values()][Symbol.iterator]()
  }

  /** Finds a proxy. Throws the API's 404. */
  get(name: string): Proxy {
    const proxy = this.#byName.get(name)
    if (proxy === undefined) throw apiErrors.proxyNotFound()
    return proxy
  }

  /** Makes a proxy and, if it is to be enabled, opens its port. Throws the API's 409 and 500, and then there is none. */
  create(wanted: NewProxy): Promise<Proxy> {
    return this.#changes.run(async () => {
      if (this.#byName.has(wanted.name)) throw apiErrors.proxyAlreadyExists()
      return this.#add(wanted)
    })
  }

  /**
   * Makes a proxy in the place of one of that name that has other addresses; one that has the same stays as it is, with
   * its toxics, enabled or not. Throws the API's 500.
   */
  createOrReplace(wanted: NewProxy): Promise<Proxy> {
    return this.#changes.run(async () => {
      const existing = this.#byName.get(wanted.name)
      if (existing !== undefined) {
        if (!(await existing.differs(wanted))) return existing
        await existing.stop()
      }
      return this.#add(wanted)
    })
  }

  /** Closes and forgets a proxy. Throws the API's 404. */
  delete(name: string): Promise<void> {
    return this.#changes.run(async () => {
      const proxy = this.get(name)
      this.#byName.delete(name)
      await proxy.retire()
    })
  }

  /** Closes all proxies for good; none can be added any more. */
  close(): Promise<void> {
    return this.#changes.run(async () => {
      this.#closed = true
      await Promise.all(Array.from(this, (proxy) => proxy.retire()))
      this.#byName.clear()
    })
  }

  async #add({ name, enabled, ...addresses }: NewProxy): Promise<Proxy> {
    if (this.#closed) throw apiErrors.internal('server is closing')
    const proxy = new Proxy(name, addresses, this.#context, this.#made)
    if (enabled) await proxy.start()
    this.#made++
    this.#byName.set(name, proxy)
    return proxy
  }
}
