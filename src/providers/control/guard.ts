import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Denial {
  status: 401 | 403
  error: string
}

/**
 * Decides whether a request may command the gate; null if it may. A browser never may: whatever page is open on this
 * machine can send requests to loopback, and a name that resolves to it gets past the same-origin rule.
 */
export function denial(
  req: IncomingMessage,
  { token, host }: { token: string; host: string },
): Denial | null {
  const names = Object.keys(req.headers)
  if (names.includes('origin') || names.some((name) => name.startsWith('sec-fetch-'))) {
    return { status: 403, error: 'the control endpoint is closed to browsers' }
  }
  if (!ownHosts(req, host).has(hostName(req.headers.host ?? ''))) {
    return { status: 403, error: 'the Host header names another machine' }
  }
  if (!sameSecret(req.headers.authorization ?? '', `Bearer ${token}`)) {
    return { status: 401, error: 'the control token is missing or wrong' }
  }
  return null
}

/** The names under which this endpoint may be addressed. One bound to every interface is known by the address used. */
function ownHosts(req: IncomingMessage, host: string): Set<string> {
  return new Set([host, 'localhost', '127.0.0.1', plainAddress(req.socket.localAddress ?? host)])
}

/** An IPv4 address may come mapped into IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '')
}

/** The host of a Host header, without port and without the brackets of IPv6. */
function hostName(header: string): string {
  return header
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
}

/** Compares in the same time whatever differs; hashed first, so that the lengths are equal too. */
function sameSecret(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(expected))
}
