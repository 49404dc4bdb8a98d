import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePort } from './matrix-port.ts'
import { ROOT } from './program.ts'
import { findRealToxiproxy } from './real-toxiproxy.ts'

/** The Toxiproxy that outlives gameday: the embedded one run alone, or the original. */
export type ServerKind = 'embedded' | 'real'

const ALONE = join(ROOT, 'test', 'support', 'shims', 'toxiproxy-alone.mjs')
const BIN = findRealToxiproxy()
const GO = spawnSync('go', ['version']).status === 0

/** Where Go is, the original can be had: then its absence is a failure and not a skip. */
export const REAL_SERVER_CAN_BE_HAD = BIN !== null || GO

/** A Toxiproxy in a process of its own, with what can happen to it. */
export interface ServerProcess {
  url: string
  pid(): number
  /** Kills it and starts it again on the same port, where it knows nothing of what was before. */
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): void
  thaw(): void
  end(): Promise<void>
}

const UP_MS = 20_000

/** Starts a server on a port of its own. Throws if it does not come up. */
export async function startServer(kind: ServerKind): Promise<ServerProcess> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | null = null

  const kill = async () => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  const start = async () => {
    child = spawnServer(kind, port)
    await untilUp(url, child)
  }
  await start()
  return {
    url,
    pid: () => child?.pid ?? 0,
    kill,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    end: kill,
  }
}

function spawnServer(kind: ServerKind, port: number): ChildProcess {
  // Its input is a pipe that nobody writes to: the embedded one ends when whoever started it does.
  const stdio = ['pipe', 'ignore', 'ignore'] as const
  if (kind === 'embedded') return spawn(process.execPath, [ALONE, String(port)], { stdio: [...stdio] })
  if (BIN === null)
    throw new Error(
      'set TOXIPROXY_BIN to a toxiproxy-server; go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0 makes one',
    )
  return spawn(BIN, ['-host', '127.0.0.1', '-port', String(port)], { stdio: [...stdio] })
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + UP_MS
  while (performance.now() < giveUpAt && child.exitCode === null) {
    const answers = await fetch(`${url}/version`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answers) return
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  throw new Error(`the Toxiproxy did not come up at ${url}`)
}
