import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { processesWith } from '../support/matrix-processes.ts'
import { program, ROOT } from '../support/program.ts'
import type { Exit } from './endings.ts'

/** The drill that is to be ended. */
export interface Runner {
  pid(): number
  /** What it has said so far, on both streams. */
  said(): string
  ended: Promise<Exit>
  hasEnded(): boolean
}

export interface Start {
  args: readonly string[]
  /** Folder that it runs in, in which the row keeps all that belongs to it. */
  home: string
  env: Record<string, string>
  /** How far it stands back behind others for the processor, from 0 to 19. */
  nice: number
}

/** Starts the real program as a child. */
export function startRunner({ args, home, env, nice }: Start): Runner {
  const run = program([...args, '--plain'], { cwd: home, env })
  setPriority(run.child.pid ?? 0, nice) // Threads that it starts from now on inherit it.
  rmSync(run.home, { recursive: true }) // The row has a folder of its own.
  let said = ''
  for (const stream of [run.child.stdout, run.child.stderr])
    stream?.on('data', (piece: Buffer) => (said += piece.toString()))
  return watched({
    pid: () => run.child.pid ?? 0,
    said: () => said,
    ended: run.ended.then(({ code, signal }) => code ?? signal ?? 'SIGKILL'),
  })
}

const TERMINAL = join(ROOT, 'test', 'support', 'shims', 'terminal.mjs')
const BIN = join(ROOT, 'bin', 'gameday.js')

/** Starts the program in a terminal of its own, as a person does; `close` kills the terminal. */
export function startInTerminal({ args, home, env, nice }: Start): Runner & { close(): Promise<void> } {
  const code = join(home, 'exit-code')
  const terminal = spawn(process.execPath, [TERMINAL, code, process.execPath, BIN, ...args], {
    cwd: home,
    env: { ...process.env, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  setPriority(terminal.pid ?? 0, nice)
  const exited = once(terminal, 'exit')
  let said = ''
  terminal.stdout.on('data', (piece: Buffer) => (said += piece.toString()))
  const runner = watched({
    pid: () =>
      processesWith(home).find(({ command }) => / run /.test(command) && !command.includes('exit-code'))
        ?.pid ?? 0,
    said: () => said,
    ended: untilWritten(code).then(Number),
  })
  return {
    ...runner,
    close: async () => {
      terminal.kill('SIGKILL')
      await exited
    },
  }
}

function watched(runner: Omit<Runner, 'hasEnded'>): Runner {
  let ended = false
  void runner.ended.then(() => (ended = true))
  return { ...runner, hasEnded: () => ended }
}

async function untilWritten(file: string): Promise<string> {
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
    if (text !== '') return text
    await new Promise((resolve) => setTimeout(resolve, 50).unref())
  }
}
