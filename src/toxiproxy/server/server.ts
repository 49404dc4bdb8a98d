import { once } from 'node:events'
import { createServer } from 'node:http'
import { GamedayError, InternalError, messageOf, systemCode, type Clock } from '../../base/index.ts'
import { joinHostPort } from './address.ts'
import { apiHandler, refuseMalformed } from './api.ts'
import { chancesOf } from './chances.ts'
import { Proxies } from './proxies.ts'

export interface ToxiproxyServerOptions {
  /** Address of the control port. The ports of its proxies are theirs. */
  host: string
  /** 0 lets the kernel choose. */
  port: number
  /** What toxicity and jitter are drawn from: the same seed hits the same connections. */
  seed: number
  clock: Clock
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
const TOXIPROXY_VERSION = '2.12.0'

/**
 * Starts a Toxiproxy in this process: its HTTP API on a port, and proxies that move real bytes.
 * Throws `PORT_TAKEN` or `ADDRESS_UNUSABLE` when the control port cannot be bound.
 */
export async function startToxiproxyServer(options: ToxiproxyServerOptions): Promise<ToxiproxyServer> {
  const { host, port, seed, clock, version = TOXIPROXY_VERSION, onFault = warn } = options
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
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
  } catch (error) {
    throw portError(error, joinHostPort(host, port))
  }
  server.on('error', report)

  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${joinHostPort(host, bound)}`,
    host,
    port: bound,
    stop: async () => {
      const closed = server.listening ? once(server, 'close') : Promise.resolve()
      server.close()
      server.closeAllConnections()
      await proxies.close()
      await closed
    },
  }
}

function portError(error: unknown, where: string): GamedayError {
  const taken = systemCode(error) === 'EADDRINUSE'
  return new GamedayError(
    `The embedded Toxiproxy cannot listen on ${where}: ${taken ? 'something else does already' : messageOf(error)}.`,
    {
      code: taken ? 'PORT_TAKEN' : 'ADDRESS_UNUSABLE',
      hint: taken
        ? 'Stop what listens there, or set stage.ports.toxiproxy in gameday.yaml to another port, or to 0 to let the kernel choose.'
        : 'Choose an address of this machine and a port above 1023.',
      cause: error,
    },
  )
}

function warn(error: InternalError): void {
  process.emitWarning(error)
}
