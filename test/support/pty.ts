import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawn, type IPty } from '@lydell/node-pty'
import { screenOf, type Screen } from './crew-terminal.ts'

/** A test that waits longer than this has failed, in milliseconds. */
const PATIENCE_MS = 15_000
const LOOK_MS = 20
const SHIM = fileURLToPath(new URL('shims/cockpit.mjs', import.meta.url))

/** What was done at the keyboard of the shim, as it tells itself. */
export interface Done {
  notes: { kind: string; text: string; begunMs: number }[]
  answers: [string, string][]
  aborts: number
  left: string | null
  signals: string[]
  /** By how much the shim was ever late with anything. */
  lateMs: number
}

/** A real terminal with a shell in it, which runs the cockpit's shim and says how the terminal was before and after. */
export interface Pty {
  screen: Screen
  /** Everything that came out, as bytes. */
  written(): string
  type(keys: string): void
  /** Types as a person does, one key after the other. */
  typeSlowly(text: string): Promise<void>
  resize(columns: number, rows: number): void
  /** Stops reading what comes out, as a stalled connection does, for so long. */
  stall(ms: number): Promise<void>
  /** Waits until the window shows this, and returns its rows. Throws with what it shows instead. */
  shows(what: RegExp): Promise<string[]>
  /** Waits for the end of the shell. */
  ended(): Promise<{ exitCode: number; before: string; after: string }>
  done(): Done
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Looks until there is something to be seen, and returns it; throws with what was missed instead. */
export async function until<T>(look: () => T | null | Promise<T | null>, missed: string): Promise<T> {
  for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs; await pause(LOOK_MS)) {
    const seen = await look()
    if (seen !== null) return seen
  }
  throw new Error(missed)
}

const opened = new Set<IPty>()

/** Closes every terminal that is still open. */
export function killPtys(): void {
  for (const pty of opened) pty.kill('SIGKILL')
}

export function openPty({ columns = 80, rows = 24 } = {}): Pty {
  const dir = mkdtempSync(join(tmpdir(), 'gameday-pty-'))
  const [file, before, after] = ['done', 'before', 'after'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ]
  // A Ctrl-C that is a signal goes to the shell as well, which outlives it.
  const script = 'trap : INT; stty -a > "$1"; "$3" "$4" "$5"; code=$?; stty -a > "$2"; exit $code'
  const child = spawn('/bin/sh', ['-c', script, 'sh', before, after, process.execPath, SHIM, file], {
    cols: columns,
    rows,
    env: { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', NO_COLOR: '1' },
  })
  const screen = screenOf(columns, rows)
  let written = ''
  child.onData((data) => {
    written += data
    screen.write(data)
  })
  const exit = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)))
  opened.add(child)
  void exit.then(() => opened.delete(child))

  return {
    screen,
    written: () => written,
    type: (keys) => child.write(keys),
    typeSlowly: async (text) => {
      for (const key of text) {
        child.write(key)
        await pause(25)
      }
    },
    resize: (nowColumns, nowRows) => {
      child.resize(nowColumns, nowRows)
      screen.resize(nowColumns, nowRows)
    },
    stall: async (ms) => {
      child.pause()
      await pause(ms)
      child.resume()
    },
    shows: async (what) => {
      let rows: string[] = []
      const look = async () => {
        rows = await screen.rows()
        return what.test(rows.join('\n')) ? rows : null
      }
      return until(look, `${what} is not shown`).catch((error: Error) => {
        throw new Error(`${error.message}:\n${rows.join('\n')}`)
      })
    },
    ended: async () => {
      const exitCode = await exit
      return { exitCode, before: readFileSync(before, 'utf8'), after: readFileSync(after, 'utf8') }
    },
    done: () => JSON.parse(readFileSync(file, 'utf8')) as Done,
  }
}
