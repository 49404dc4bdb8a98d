import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LivingRun } from '../../src/rollback/living.ts'
import { ROOT } from './program.ts'
import type { Later } from './rollback-servers.ts'

export type Facts = Omit<LivingRun, 'socket' | 'holds'>

const SERVER = 'http://127.0.0.1:8474'

/** What a run says of itself. */
export const factsOf = (run: string, target: string | null = SERVER, pid = process.pid): Facts => ({
  run,
  pid,
  drill: 'friday-failover',
  dir: `/reports/${run}`,
  startedAt: '2026-11-20T12:00:00.000Z',
  target,
  crew: null,
})

export interface LifeProcess {
  child: ChildProcess
  pid: number
  /** Says a word to it, and returns what it answers. */
  ask(word: 'show' | 'claim' | 'end'): Promise<string>
  kill(): Promise<void>
}

/** Starts a process that shows its life, or claims its target, when it is told to. */
export async function lifeProcess(stateFolder: string, facts: Facts, later: Later): Promise<LifeProcess> {
  const script = join(ROOT, 'test', 'support', 'shims', 'rollback-life.mjs')
  const child = spawn(process.execPath, [script, JSON.stringify({ stateFolder, facts })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const heard = async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`the process of ${facts.run} ended`)
    return String(value)
  }
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  later(kill)
  await heard()
  return {
    child,
    pid: child.pid ?? 0,
    ask: (word) => {
      child.stdin.write(`${word}\n`)
      return heard()
    },
    kill,
  }
}
