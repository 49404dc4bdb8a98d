import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { GamedayError, InternalError, messageOf, systemCode, type Clock } from '../../base/index.ts'
import { joinHostPort, resolveListen } from './address.ts'
import { apiHandler, refuseMalformed } from './api.ts'
import { chancesOf } from './chances.ts'
import { bind } from './listener.ts'
import { Proxies } from './proxies.ts'
import { readPopulation } from './proxy-body.ts'

export interface ToxiproxyServerOptions {
  /** Address or name that the control port listens on; empty is every address. The ports of its proxies are theirs. */
  host: string
  /** 0 lets the kernel choose. */
  port: number
  /** What toxicity and jitter are drawn from: the same seed hits the same connections. */
  seed: number
  clock: Clock
  /** Proxies to make before the control port opens, as `POST /populate` takes them. */
  population?: string
  /** What it says it is; the version whose behaviour it has unless stated. */
  version?: string
  /** Told of faults of the server itself, which then goes on; a warning of the process unless stated. */
  onFault?: (error: InternalError) => void
}

export interface ToxiproxyServer {
  /** Base URL of the control port. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Closes the control port, every proxy and every connection. May be called twice. */
  stop(): Promise<void>
}

/** The Toxiproxy whose behaviour on the wire this server has. */
export const TOXIPROXY_VERSION = '2.12.0'

/**
 * Starts a Toxiproxy in this process: its HTTP API on a port, and proxies that move real bytes.
 * Throws `PORT_TAKEN` or `ADDRESS_UNUSABLE` when the control port cannot be bound, `PROXIES_REFUSED` when a proxy of the
 * population cannot be made; then nothing listens.
 */
export async function startToxiproxyServer(options: ToxiproxyServerOptions): Promise<ToxiproxyServer> {
  const { host, port, seed, clock, population = '[]', version = TOXIPROXY_VERSION, onFault = warn } = options
  const report = (error: unknown) =>
    onFault(
      new InternalError(`The embedded Toxiproxy broke: ${messageOf(error)}. Please report this.`, {
        cause: error,
      }),
    )
  const proxies = new Proxies({ clock, chances: chancesOf(seed), onFault: report })
  const server = createServer(
    { requestTimeout: 15_000, keepAliveTimeout: 60_000, requireHostHeader: false },
    apiHandler({ proxies, version, onFault: report }),
  )
  server.on('clientError', refuseMalformed)
  try {
    await populate(proxies, population)
    await open(server, host, port)
  } catch (error) {
    await proxies.close()
    throw error
  }
  server.on('error', report)

  const bound = server.address()
  const address = typeof bound === 'object' && bound !== null ? bound : { address: host, port }
  return {
    url: `http://${joinHostPort(reachable(address.address), address.port)}`,
    host,
    port: address.port,
    stop: async () => {
      const closed = server.listening ? once(server, 'close') : Promise.resolve()
      server.close()
      server.closeAllConnections()
      await proxies.close()
      await closed
    },
  }
}

async function populate(proxies: Proxies, population: string): Promise<void> {
  try {
    for (const wanted of readPopulation(population)) await proxies.createOrReplace(wanted)
  } catch (error) {
    throw new GamedayError(`the proxies to start with cannot be made: ${messageOf(error)}`, {
      code: 'PROXIES_REFUSED',
      hint: 'Write them as POST /populate takes them: [{"name": "redis", "listen": "127.0.0.1:26379", "upstream": "127.0.0.1:6379"}].',
      cause: error,
    })
  }
}

async function open(server: Server, host: string, port: number): Promise<void> {
  const where = joinHostPort(host, port)
  try {
    await bind(server, await resolveListen(where))
  } catch (error) {
    const taken = systemCode(error) === 'EADDRINUSE'
    throw new GamedayError(
      `The embedded Toxiproxy cannot listen on ${where}: ${taken ? 'something else does already' : messageOf(error)}.`,
      {
        code: taken ? 'PORT_TAKEN' : 'ADDRESS_UNUSABLE',
        hint: taken
          ? 'Stop what listens there, or set stage.ports.toxiproxy in gameday.yaml (--port of gameday serve toxiproxy) to another port, or to 0 to let the kernel choose.'
          : 'Choose an address of this machine and a port above 1023.',
        cause: error,
      },
    )
  }
}

/** Where clients on this machine find what is bound to an address, which may stand for all of them. */
function reachable(address: string): string {
  return address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address
}

function warn(error: InternalError): void {
  process.emitWarning(error)
}
