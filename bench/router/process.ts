import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../../src/base/index.ts'

/** A process that serves, until it is told to stop. */
export interface Serving {
  /** Where it said that it listens; of several places the first. */
  url: string
  child: ChildProcess
  stop(): Promise<void>
}

export interface ServingOptions {
  name: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  /** What it writes to stdout once it is there; its first group is the URL. */
  ready: RegExp
}

/** Longest that a process may take to come up, on a busy machine too. */
const START_MS = 30_000
/** Then it is killed. */
const STOP_MS = 10_000

/** Starts Node in a process of its own and waits until it serves. */
export async function startServing({ name, args, env = {}, ready }: ServingOptions): Promise<Serving> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(late)
  }
  let said = ''
  let url: string | undefined
  const listen = (text: string) => {
    if (url !== undefined) return
    said += text
    url = ready.exec(said)?.[1]
  }
  child.stdout.setEncoding('utf8').on('data', listen)
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += url === undefined ? text : ''))

  const dueMs = systemClock.now() + START_MS
  while (url === undefined && child.exitCode === null && systemClock.now() < dueMs)
    await systemClock.sleep(20)
  if (url !== undefined) return { url, child, stop }
  await stop()
  throw new Error(`the ${name} did not come up: ${said.slice(-500)}`)
}

/** Starts a part of the bench that is not the router, see `part.ts`. */
export function startPart(...args: ['upstream'] | ['passthrough', url: string]): Promise<Serving> {
  const file = fileURLToPath(new URL('part.ts', import.meta.url))
  return startServing({
    name: args[0],
    args: ['--import', 'tsx', file, ...args],
    ready: /listens on (\S+)/,
  })
}
