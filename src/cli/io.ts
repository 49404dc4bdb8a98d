import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Clock } from '../base/index.ts'

/** What a command reads from; a terminal, where it says so. */
export type Input = NodeJS.ReadableStream & { isTTY?: boolean; setRawMode?: (on: boolean) => unknown }

/** What a command writes to; a terminal has a size. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number }

/** The outside world of a command: what it reads, where it writes, what time it is. */
export interface Io {
  stdout: Output
  stderr: Output
  stdin: Input
  env: Record<string, string | undefined>
  cwd: string
  clock: Clock
  /** Calls back with what nobody caught, until the returned function is called. */
  onCrash: (listener: (error: unknown) => void) => () => void
  /** Calls back when the process ends, until the returned function is called. */
  onExit: (listener: () => void) => () => void
  /** Calls back on INT, TERM and HUP, or on some of them, until the returned function is called. */
  onSignal: (
    listener: (signal: NodeJS.Signals) => void,
    signals?: readonly ('SIGINT' | 'SIGTERM' | 'SIGHUP')[],
  ) => () => void
}

/** The process as a command sees it. */
export function processIo(host: NodeJS.Process, clock: Clock): Io {
  const { stdout, stderr, stdin, env } = host
  // Whoever reads may go away, `| head` for one, or close the terminal. That is no reason to leave anything broken.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined)
  const gone = once(() => void host.once('exit', () => letGoOfTerminals(stdin, stdout, stderr)))
  // A terminal that is closed ends its input; its signal comes later, and sometimes never.
  stdin.on('end', gone).on('error', gone)
  return {
    stdout,
    stderr,
    stdin,
    env,
    cwd: host.cwd(),
    clock,
    onCrash: (listener) => {
      const events = ['uncaughtException', 'unhandledRejection'] as const
      for (const event of events) host.on(event, listener)
      return () => {
        for (const event of events) host.off(event, listener)
      }
    },
    onExit: (listener) => {
      host.once('exit', listener)
      return () => void host.off('exit', listener)
    },
    onSignal: (listener, signals = ['SIGINT', 'SIGTERM', 'SIGHUP']) => {
      const hear = (signal: NodeJS.Signals) => {
        if (signal === 'SIGHUP') gone()
        listener(signal)
      }
      for (const signal of signals) host.on(signal, hear)
      return () => {
        for (const signal of signals) host.off(signal, hear)
      }
    },
  }
}

/**
 * Closes what was a terminal and is none any more; a HUP may come with it still there. On its way out Node 20 puts terminals back as they were, and aborts (134) when one is gone
 * (nodejs/node#58200); it passes over what is not open.
 */
function letGoOfTerminals(...streams: { isTTY?: boolean; fd: number }[]): void {
  for (const { isTTY, fd } of streams) if (isTTY === true && !isatty(fd)) closeSync(fd)
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) act()
    isDone = true
  }
}
