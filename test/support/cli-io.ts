import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { systemClock } from '../../src/base/index.ts'
import type { Io } from '../../src/cli/io.ts'
import { printError } from '../../src/cli/print-error.ts'

/** The outside world of a command without a terminal, in folders of its own; what is written is kept. */
export function pipedIo() {
  const home = mkdtempSync(join(tmpdir(), 'gameday-cli-'))
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const written = { stdout: '', stderr: '' }
  stdout.on('data', (piece: Buffer) => (written.stdout += piece.toString()))
  stderr.on('data', (piece: Buffer) => (written.stderr += piece.toString()))
  const listeners = new Set<(signal: NodeJS.Signals) => void>()
  const state = join(home, 'state')
  const io: Io = {
    stdin,
    stdout,
    stderr,
    env: { GAMEDAY_STATE: state, NO_COLOR: '1', LANG: 'C.UTF-8' },
    cwd: home,
    clock: systemClock,
    onCrash: () => () => undefined,
    onExit: () => () => undefined,
    onSignal: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
  return {
    io,
    stdin,
    home,
    state,
    written,
    signal: (name: NodeJS.Signals) => listeners.forEach((listener) => listener(name)),
    /** How many would hear a signal now. */
    listening: () => listeners.size,
  }
}

/** The exit code of a command, as the program gives it. */
export const exitOf = (command: Promise<number>, io: Io) =>
  command.catch((error: unknown) => printError(error, io))
