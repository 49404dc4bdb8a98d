import type { Server } from 'node:http'

/** Closes a server and every socket it has, at once. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeAllConnections()
  await closed
}

/** Resolves when the last answer is out, or after `graceMs`. Idle connections are closed, so that callers go elsewhere. */
export async function drainServer(server: Server, graceMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, graceMs)
    server.close(() => {
      clearTimeout(late)
      resolve()
    })
    // An answer that ends from here on says so to its caller; Node closes the connection behind it.
    server.closeIdleConnections()
    server.keepAliveTimeout = 1
  })
}

/** Writes an address for a URL: an IPv6 one in brackets, and loopback for one that means every interface. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
