import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { screenOf, type Screen } from './crew-terminal.ts'
import { bareEnv, BIN } from './program.ts'

const PATIENCE_MS = 30_000
const LOOK_MS = 20

/** The real program in a terminal of its own, under a shell that says how the terminal was before and after. */
export interface ProgramPty {
  screen: Screen
  /** Presses keys. */
  type: (keys: string) => void
  resize: (columns: number, rows: number) => void
  /** Waits until the screen, or what has scrolled off it, shows this; fails with what it shows instead. */
  sees: (text: string, withinMs?: number) => Promise<void>
  ended: Promise<number>
  /** What `stty -a` said before the program and after it; null where the shell is gone too. */
  modes(): { before: string; after: string } | null
}

export interface ProgramPtyOptions {
  /** Its folder; the state lies in it too, so that several of them find each other. */
  home: string
  columns?: number
  rows?: number
  env?: Record<string, string>
}

/** Starts the program in a terminal. What of it is still alive after five minutes is ended. */
export function programInPty(
  args: readonly string[],
  { home, columns = 80, rows = 24, env = {} }: ProgramPtyOptions,
): ProgramPty {
  const name = `stty-${Math.random().toString(36).slice(2)}`
  const [before, after] = [join(home, `${name}-before`), join(home, `${name}-after`)]
  const script = 'stty -a > "$1"; shift; out="$1"; shift; "$@"; code=$?; stty -a > "$out"; exit $code'
  const child = spawn('/bin/sh', ['-c', script, 'sh', before, after, process.execPath, BIN, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: home,
    env: {
      ...bareEnv(),
      GAMEDAY_STATE: join(home, 'state'),
      LC_ALL: 'C.UTF-8',
      NO_COLOR: '1',
      ...env,
    },
  })
  const screen = screenOf(columns, rows)
  let over = false
  child.onData((piece) => screen.write(piece))
  const ended = new Promise<number>((resolve) =>
    child.onExit(({ exitCode }) => {
      over = true
      resolve(exitCode)
    }),
  )
  const killer = setTimeout(() => child.kill('SIGKILL'), 300_000)
  void ended.then(() => clearTimeout(killer))
  return {
    screen,
    type: (keys) => child.write(keys),
    resize: (toColumns, toRows) => {
      child.resize(toColumns, toRows)
      screen.resize(toColumns, toRows)
    },
    sees: async (text, withinMs = PATIENCE_MS) => {
      const untilMs = performance.now() + withinMs
      for (;;) {
        // Asked first: what it wrote last is looked at once more.
        const giveUp = over || performance.now() > untilMs
        const all = (await screen.everything()).join('\n').trimEnd()
        if (all.includes(text)) return
        if (giveUp)
          throw new Error(`${over ? 'it ended, and' : 'in time'} nobody saw "${text}", but:\n${all}`)
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
    },
    ended,
    modes: () => {
      try {
        return { before: readFileSync(before, 'utf8'), after: readFileSync(after, 'utf8') }
      } catch {
        return null
      }
    },
  }
}
