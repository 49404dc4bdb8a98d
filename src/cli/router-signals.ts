import { isatty } from 'node:tty'
import type { Io } from './io.ts'

/**
 * Resolves at INT or TERM, and calls back at every HUP before: that is how services are told to read their configuration
 * again. But a HUP that comes because the terminal was closed means the end of whoever sits there, and so of this. A
 * second INT or TERM ends the process as if nobody listened; a HUP meanwhile does nothing.
 */
export function routerSignals(io: Io, onHangUp: () => void): Promise<void> {
  const terminals = [io.stdin, io.stdout, io.stderr].filter((stream) => stream.isTTY === true)
  return new Promise((done) => {
    const release = io.onSignal((signal) => {
      if (signal === 'SIGHUP' && !terminals.some(isGone)) return onHangUp()
      release()
      io.onSignal(() => undefined, ['SIGHUP'])
      done()
    })
  })
}

/** The kernel hangs a terminal up before it says so. */
function isGone(stream: object): boolean {
  return 'fd' in stream && typeof stream.fd === 'number' && !isatty(stream.fd)
}
