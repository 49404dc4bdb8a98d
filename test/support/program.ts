import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const BIN = join(ROOT, 'bin', 'gameday.js')

export interface Program {
  child: ChildProcess
  /** A folder of its own: state and, unless told otherwise, reports. */
  home: string
  /** Resolves when the text has been seen on stdout or stderr; rejects when the program ends first. */
  seen: (text: string) => Promise<void>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

/** Starts the real program as a child, with state and reports in a folder of its own. */
export function program(
  args: string[],
  { env = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {},
): Program {
  const home = mkdtempSync(join(tmpdir(), 'gameday-program-'))
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: cwd ?? home,
    env: { ...bareEnv(), GAMEDAY_STATE: join(home, 'state'), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  const waiting: { text: string; resolve: () => void; reject: (error: Error) => void }[] = []
  const has = (text: string) => stderr.includes(text) || stdout.includes(text)
  const look = () => {
    for (const wait of waiting.filter(({ text }) => has(text))) wait.resolve()
  }
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString()
    look()
  })
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString()
    look()
  })
  const ended = new Promise<Awaited<Program['ended']>>((resolve) => {
    child.on('close', (code, signal) => {
      for (const { text, reject } of waiting) reject(new Error(`ended before it said "${text}":\n${stderr}`))
      resolve({ code, signal, stdout, stderr })
    })
  })
  return {
    child,
    home,
    seen: (text) =>
      new Promise((resolve, reject) => {
        if (has(text)) resolve()
        else waiting.push({ text, resolve, reject })
      }),
    ended,
  }
}

/** The environment without what would change how the program behaves: a server of the machine's, a CI's summary file. */
export function bareEnv(): NodeJS.ProcessEnv {
  const {
    TOXIPROXY_URL: _url,
    GITHUB_STEP_SUMMARY: _summary,
    BYPASS_ROUTER: _bypass,
    DEBUG: _debug,
    ...env
  } = process.env
  return env
}

/** The files of a run that has ended, in the order in which a folder lists them. */
export const RUN_FILES = [
  'attempts.ndjson',
  'journal.ndjson',
  'junit.xml',
  'report.md',
  'result.json',
  'samples.ndjson',
  'timeline.svg',
]

/** The one run folder in a reports folder. */
export function runFolder(reports: string): string {
  const folders = readdirSync(reports)
  if (folders.length !== 1)
    throw new Error(`expected one run in ${reports}, found ${folders.join(', ') || 'none'}`)
  return join(reports, folders[0]!)
}
