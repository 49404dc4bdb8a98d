import { connect, type Socket } from 'node:net'
import { splitHostPort } from './address.ts'
import { SOCKET_OPTIONS } from './listener.ts'

/**
 * Longest wait for an upstream to accept. Toxiproxy has no limit of its own and waits in the accept loop for the system's,
 * two minutes and more, in which no other client of the proxy gets anywhere.
 */
const DIAL_TIMEOUT_MS = 30_000

/**
 * Connects to an upstream, resolving its name anew each time. Nothing is read from the socket yet.
 * Rejects when the address is none, nobody accepts in time, or the signal is aborted.
 */
export async function dial(upstream: string, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted()
  const { host, port } = splitHostPort(upstream)
  // As in Go, an empty host is this machine.
  const socket = connect({
    ...SOCKET_OPTIONS,
    allowHalfOpen: true,
    host: host === '' ? 'localhost' : host,
    port: Number(port),
  })
  const giveUp = () => void socket.destroy()
  const timer = setTimeout(giveUp, DIAL_TIMEOUT_MS)
  signal.addEventListener('abort', giveUp)
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      // Stays after the connection is made, when an error must not end the process: the close that follows says enough.
      socket.on('error', reject)
      socket.once('close', () => reject(new Error(`dial tcp ${upstream}: given up`)))
    })
    return socket
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}
