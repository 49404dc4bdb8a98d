import type { Clock } from '../base/index.ts'

/** The outside world of a command: what it reads, where it writes, what time it is. */
export interface Io {
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  stdin: NodeJS.ReadStream
  env: Record<string, string | undefined>
  cwd: string
  clock: Clock
  /** Calls back on INT, TERM and HUP, until the returned function is called. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void
}

/** The process as a command sees it. */
export function processIo(host: NodeJS.Process, clock: Clock): Io {
  const { stdout, stderr, stdin, env } = host
  return {
    stdout,
    stderr,
    stdin,
    env,
    cwd: host.cwd(),
    clock,
    onSignal: (listener) => {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
      for (const signal of signals) host.on(signal, listener)
      return () => {
        for (const signal of signals) host.off(signal, listener)
      }
    },
  }
}
