import { createServer } from 'node:net'
import { once } from 'node:events'

/** Ports below those that kernels choose from: no other socket of this machine is given one by chance. */
const [LOWEST, HIGHEST] = [12_000, 30_000]
let next = LOWEST + ((process.pid * 97) % (HIGHEST - LOWEST))

/** Finds a port that nothing listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    next = next >= HIGHEST ? LOWEST : next + 1
    const port = next
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen({ port, exclusive: true }, () => resolve(true))
    })
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

/**
 * The ports of one case, by name: `{a}`, `{b}` and `{c}` are free, `{busy}` is taken by somebody else. A port that a
 * server chose by itself gets the next of `{any1}`, `{any2}` and so on when it first shows, so that what differs from
 * run to run is told apart and nothing else.
 */
export class Places {
  readonly #ports = new Map<string, number>()
  readonly #close: () => void

  private constructor(ports: ReadonlyMap<string, number>, close: () => void) {
    this.#ports = new Map(ports)
    this.#close = close
  }

  /** Takes the ports of a case, with those that it brings itself. */
  static async take(own: Readonly<Record<string, number>> = {}): Promise<Places> {
    const busy = createServer()
    const taken = await freePort()
    busy.listen(taken, '127.0.0.1')
    await once(busy, 'listening')
    const ports = new Map([['busy', taken], ...Object.entries(own)])
    for (const name of ['a', 'b', 'c']) ports.set(name, await freePort())
    return new Places(ports, () => busy.close())
  }

  /** Puts the ports in the place of their names. */
  fill(text: string): string {
    return text.replace(/\{([a-z]+\d?)\}/g, (_all, name: string) => {
      const port = this.#ports.get(name)
      if (port === undefined) throw new Error(`no port {${name}} has shown yet`)
      return String(port)
    })
  }

  /**
   * Puts the names in the place of the ports. All addresses of the machine are told alike, with IPv6 or without; so are
   * versions, for an original that was built by hand says `git`.
   */
  blank(text: string): string {
    const versionless = text.replace(/^\{"version": "[^"]+"\}/, '{"version": "{version}"}')
    return versionless.replace(
      /(\[::\]|0\.0\.0\.0)?:(\d{5})\b/g,
      (_all, every: string | undefined, digits: string) => {
        const port = Number(digits)
        return `${every === undefined ? '' : '[::]'}:${port > 65_535 ? digits : `{${this.#nameOf(port)}}`}`
      },
    )
  }

  release(): void {
    this.#close()
  }

  #nameOf(port: number): string {
    for (const [name, known] of this.#ports) if (known === port) return name
    const name = `any${[...this.#ports.keys()].filter((key) => key.startsWith('any')).length + 1}`
    this.#ports.set(name, port)
    return name
  }
}
