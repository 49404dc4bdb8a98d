import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { UndoPlan } from '../../src/record/index.ts'
import { ROOT } from './program.ts'
import { RUN } from './rollback-plans.ts'
import type { Later } from './rollback-servers.ts'

/** A line of the runner: what it heard of its watchdog, or what came of what it was asked. */
export interface RunnerLine {
  news?: 'started' | 'lost' | 'failed' | 'undoing' | 'ready' | 'refused'
  pid?: number
  why?: string
  detail?: string
  code?: string
  exitCode?: number
  message?: string
  answer?: { permitted: boolean | number; refused?: number; code?: string; message?: string }
}

export interface RunnerProcess {
  child: ChildProcess
  pid: number
  said: RunnerLine[]
  /** Waits until it says something that is so. */
  hears(isSo: (line: RunnerLine) => boolean, withinMs?: number): Promise<RunnerLine>
  tell(words: string): void
  kill(): Promise<void>
}

export interface RunnerTask {
  dir: string
  plan: UndoPlan | null
  /** The environment variable GAMEDAY_STATE, as a person would set it. */
  state: string
  cwd?: string
  env?: Record<string, string>
  /** What NODE_OPTIONS is for its watchdog alone. */
  nodeOptions?: string
  /** In a process group of its own. */
  detached?: boolean
}

/** Starts a process that has a watchdog, and a plan on record. */
export function runnerProcess(task: RunnerTask, later: Later): RunnerProcess {
  const { dir, plan, nodeOptions, detached = false, state, env = {}, cwd = '/' } = task
  const script = join(ROOT, 'test', 'support', 'shims', 'rollback-runner.mjs')
  const child = spawn(process.execPath, [script, JSON.stringify({ run: RUN, dir, plan, nodeOptions })], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, GAMEDAY_STATE: state, ...env },
    cwd,
    detached,
  })
  child.stdin.on('error', () => undefined)
  const said: RunnerLine[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    said.push(lineIn(text))
    for (const look of waiting) look()
  })
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  later(kill)
  return {
    child,
    pid: child.pid ?? 0,
    said,
    hears: (isSo, withinMs = 30_000) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`not said within ${withinMs} ms; it said ${JSON.stringify(said)}`)),
          withinMs,
        )
        const look = () => {
          const line = said.find(isSo)
          if (line === undefined) return
          clearTimeout(late)
          waiting.delete(look)
          resolve(line)
        }
        waiting.add(look)
        look()
      }),
    tell: (words) => void child.stdin.write(`${words}\n`),
    kill,
  }
}

/** What a preloaded module prints is nothing that it says. */
function lineIn(text: string): RunnerLine {
  try {
    return JSON.parse(text) as RunnerLine
  } catch {
    return {}
  }
}
