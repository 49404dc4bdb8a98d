import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { messageOf, systemCode } from '../../base/index.ts'
import { joinHostPort, type BindAddress } from './address.ts'
import { apiErrors } from './errors.ts'

/** What Go sets on every TCP connection, on both sides of a proxy: no Nagle delay, and a keepalive after 15 s. */
export const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 } as const

export interface Listener {
  /** The address it is bound to, with the port that the kernel chose. */
  readonly address: string
  /** Frees the port. Connections that were accepted are not touched. */
  close(): void
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
  EINVAL: 'invalid argument',
}

/**
 * Binds a port and hands on each connection unread, so that bytes wait in the kernel until the upstream is there.
 * Throws the API's 500 when the address cannot be bound.
 */
export async function listen(
  address: BindAddress,
  onConnection: (socket: Socket) => void,
): Promise<Listener> {
  const server = createServer({ ...SOCKET_OPTIONS, allowHalfOpen: true, pauseOnConnect: true }, onConnection)
  try {
    await bind(server, address)
  } catch (error) {
    const reason = REASONS[systemCode(error) ?? ''] ?? messageOf(error)
    throw apiErrors.address(`listen tcp ${joinHostPort(address.host, address.port)}: bind: ${reason}`)
  }
  // A failed accept (no file descriptors left) loses one connection, not the proxy.
  server.on('error', () => undefined)
  const bound = server.address()
  const where =
    typeof bound === 'object' && bound !== null ? bound : { address: address.host, port: address.port }
  return { address: joinHostPort(where.address, where.port), close: () => void server.close() }
}

/** Makes a server listen. Rejects with the system's error. */
export async function bind(server: Server, { host, port }: BindAddress): Promise<void> {
  // Every address means IPv6 and IPv4 at once, reported as [::], also for 0.0.0.0; Node itself falls back where there is no IPv6.
  const wildcard = host === '' || host === '0.0.0.0' || host === '::'
  server.listen({ port, ...(wildcard ? {} : { host }), exclusive: true })
  await once(server, 'listening')
}
