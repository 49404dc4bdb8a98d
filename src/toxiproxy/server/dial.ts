import { connect, type Socket } from 'node:net'
import { splitHostPort } from './address.ts'
import type { Intake } from './intake.ts'
import { SOCKET_OPTIONS } from './listener.ts'

/**
 * Longest wait for an upstream to accept. Toxiproxy has no limit of its own and waits in the accept loop for the system's,
 * two minutes and more, in which no other client of the proxy gets anywhere.
 */
const DIAL_TIMEOUT_MS = 30_000

export interface Dialled {
  socket: Socket
  intake: Intake
}

/** A connection to an upstream that is being made. */
export interface Dial {
  /** Gives it up: nobody is told. */
  abort(): void
}

/**
 * Connects to an upstream, resolving its name anew each time. `onDone` is told once, before anything is read: the
 * connection, which reads by the intake, or null when the address is none or nobody accepts in time.
 */
export function dial(upstream: string, intake: Intake, onDone: (dialled: Dialled | null) => void): Dial {
  let socket: Socket
  try {
    socket = open(upstream, intake)
  } catch {
    // Not an address at all. Told later, as everything else is.
    const later = setImmediate(onDone, null)
    return { abort: () => clearImmediate(later) }
  }
  const timer = setTimeout(() => socket.destroy(), DIAL_TIMEOUT_MS)
  let tell: typeof onDone | null = onDone
  const done = (dialled: Dialled | null) => {
    clearTimeout(timer)
    tell?.(dialled)
    tell = null
  }
  socket.once('connect', () => done({ socket, intake }))
  // Stays after the connection is made, when an error must not end the process: the close that follows says enough.
  socket.on('error', () => undefined)
  socket.once('close', () => done(null))
  return {
    abort: () => {
      tell = null
      socket.destroy()
    },
  }
}

function open(upstream: string, { onread }: Intake): Socket {
  const { host, port } = splitHostPort(upstream)
  // As in Go, an empty host is this machine.
  return connect({
    ...SOCKET_OPTIONS,
    allowHalfOpen: true,
    onread,
    host: host === '' ? 'localhost' : host,
    port: Number(port),
  })
}
