import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { plantBystanders } from '../support/matrix-bystanders.ts'
import { tinyDisk, type TinyDisk } from '../support/matrix-disk.ts'
import { processesWith } from '../support/matrix-processes.ts'
import { startRelay, type Relay } from '../support/matrix-relay.ts'
import { startServer, type ServerProcess } from '../support/matrix-server.ts'
import { ROOT } from '../support/program.ts'
import type { Ending } from './endings.ts'
import { factsOf, isToHold, type Row } from './rows.ts'
import { startInTerminal, startRunner, type Runner } from './runner.ts'

const SHIMS = join(ROOT, 'test', 'support', 'shims')
/** What a heap needs that does not fill up by itself in so short a drill. */
const HEAP_MB = 160
/** Enough for a baseline, and easy on the machine. Only a drill that is to hold needs what its file says. */
const LOW_RATE = '20/s'

/** What measures nothing gives way to what does. */
const GIVES_WAY = 5

/** A line of a journal, as much of it as the matrix looks at. */
export interface Line {
  type: string
  at: string
  [field: string]: unknown
}

/** All that one row sets up, and where to look at it. */
export interface Scene {
  row: Row
  home: string
  /** The state folder of its drill. */
  state: string
  server: ServerProcess
  relay: Relay
  disk: TinyDisk | null
  runner: Runner
  /** Closes the terminal that the drill runs in; null if it runs in none. */
  closeTerminal: (() => Promise<void>) | null
  /** A file of the row's: a trigger, for one. */
  file(name: string): string
  means(): string
  args(out: string): string[]
  env: Record<string, string>
  /** The run's folder; null until there is one. */
  dir(): string | null
  /** The lines of one of its records that are whole. */
  lines(name: 'journal' | 'watchdog' | 'recover'): Line[]
  /** Rollback records on disk, by file name. */
  records(): string[]
  /** Name of the primary's proxy on the server; null until the run has asked for one. */
  primary(): string | null
  takeDown(): Promise<void>
}

/** Brought about by a shim in the main thread. */
const CRASHES: readonly Ending[] = ['uncaught exception', 'unhandled rejection', 'out of memory']
const TRIGGERS = { crash: 'crash-now', clock: 'clock-back-now' }
export const trigger = (scene: Scene, name: keyof typeof TRIGGERS) => scene.file(TRIGGERS[name])

/** Starts a server with bystanders on it, a relay in front of it, and a drill on that. */
export async function setScene(row: Row, upstream: string): Promise<Scene> {
  const facts = factsOf(row.ending)
  const home = mkdtempSync(join(tmpdir(), 'gameday-matrix-'))
  const server = await startServer(row.server)
  await plantBystanders(server.url, upstream)
  const relay = await startRelay(server.url)
  const disk = diskOf(row, home)
  const onDisk = (name: string) => join(disk?.folder ?? home, name)
  const state = row.ending === 'disk full for the record' ? onDisk('state') : join(home, 'state')
  const out = row.ending === 'disk full for the journal' ? onDisk('reports') : join(home, 'reports')
  const env = {
    GAMEDAY_STATE: state,
    NO_COLOR: '1',
    ...shimsOf(row, home),
    ...disk?.env,
  }
  writeFileSync(
    join(home, 'gameday.yaml'),
    `version: 1\ntoxiproxy: { timeout: ${facts.callTimeout ?? '5s'} }\n`,
  )
  const fixture = join(ROOT, 'test', 'fixtures', 'drills', `matrix-${row.fault}.yaml`)
  const rate = isToHold(row) ? [] : ['--rate', LOW_RATE]
  const args = (to: string) => [
    'run',
    fixture,
    '--unattended',
    '--out',
    to,
    '--toxiproxy',
    relay.url,
    ...rate,
    ...(facts.duration === undefined ? [] : ['--duration', facts.duration]),
  ]
  const start = { args: args(out), home, env, nice: isToHold(row) ? 0 : GIVES_WAY }
  const terminal = row.ending === 'parent terminal gone' ? startInTerminal(start) : null

  const dir = () => (existsSync(out) ? readdirSync(out).map((name) => join(out, name)) : [])[0] ?? null
  return {
    row,
    home,
    state,
    server,
    relay,
    disk,
    runner: terminal ?? startRunner(start),
    closeTerminal: terminal === null ? null : () => terminal.close(),
    env,
    args,
    dir,
    file: (name) => join(home, name),
    means: () => (disk === null ? facts.means : disk.means),
    lines: (name) => linesOf(join(dir() ?? home, `${name}.ndjson`)),
    records: () => filesIn(join(state, 'rollback')),
    primary: () => {
      const made = relay.calls.find(({ method, path }) => method === 'POST' && path === '/proxies')
      return /"name":\s*"([^"]+)"/.exec(made?.body ?? '')?.[1] ?? null
    },
    takeDown: async () => {
      for (const { pid } of processesWith(home)) process.kill(pid, 'SIGKILL')
      await relay.close()
      await server.end()
      await sleep(0)
      disk?.release()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function diskOf({ ending }: Row, home: string): TinyDisk | null {
  if (ending === 'disk full for the journal') return tinyDisk(home, '.ndjson')
  if (ending === 'disk full for the record') return tinyDisk(home, '-f0.json.draft')
  return null
}

/** What a drill is started with, so that what is to happen to it can be triggered by a file. */
function shimsOf({ ending }: Row, home: string): Record<string, string> {
  if (CRASHES.includes(ending)) {
    return {
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} --import ${join(SHIMS, 'crash.mjs')}`,
      GAMEDAY_TEST_CRASH_WHEN: join(home, TRIGGERS.crash),
    }
  }
  if (ending === 'clock set back') {
    return {
      NODE_OPTIONS: `--import ${join(SHIMS, 'clock-back-when.mjs')}`,
      GAMEDAY_TEST_CLOCK_BACK_WHEN: join(home, TRIGGERS.clock),
    }
  }
  return {}
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

function linesOf(file: string): Line[] {
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}
