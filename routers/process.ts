import { spawn } from 'node:child_process'

/** As much of what a process said as helps to tell why it failed. */
const TAIL = 4000
const LOOK_MS = 100
const STOP_MS = 15_000

type Command = readonly [string, ...string[]]

interface Options {
  cwd: string
  env: NodeJS.ProcessEnv
}

interface Ending {
  code: number | null
  said: string
}

interface Running {
  said: () => string
  /** Null while it runs. */
  ending: () => Ending | null
  ended: Promise<Ending>
  /** Asks it to end, and after fifteen seconds no longer asks. */
  stop: () => Promise<void>
}

/** Runs a program to its end; its output is kept for messages, and shown to nobody. */
export function outcome(command: Command, options: Options): Promise<Ending> {
  return start(command, options).ended
}

/** Runs a program to its end and returns what it said. Throws if it did not end with 0. */
export async function run(name: string, command: Command, options: Options): Promise<string> {
  const { code, said } = await outcome(command, options)
  if (code === 0) return said
  throw new Error(`${name} ${code === null ? 'did not run to its end' : `ended with ${code}`}\n${said}`)
}

/**
 * Starts a server and returns how to stop it, once it is ready by what it said or by what it answers. Throws with its
 * last words if it ends before, or is not ready in time; then it does not run any more.
 */
export async function serve(
  name: string,
  command: Command,
  options: Options,
  { ready, forMs }: { ready: (said: string) => boolean | Promise<boolean>; forMs: number },
): Promise<() => Promise<void>> {
  const { said, ending, stop } = start(command, options)
  for (let left = forMs; !(await ready(said())); left -= LOOK_MS) {
    const end = ending()
    if (end === null && left > 0) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      continue
    }
    await stop()
    const why =
      end === null ? `was not ready after ${forMs / 1000} s` : `ended with ${end.code ?? 'a signal'}`
    throw new Error(`${name} ${why}\n${said()}`)
  }
  return stop
}

/** Whether a server answers at an address with a 2xx. */
export const answers = (url: string) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )

function start([command, ...args]: Command, options: Options): Running {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  let ending: Ending | null = null
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-TAIL)))
  const ended = new Promise<Ending>((resolve) => {
    const end = (code: number | null) => resolve((ending = { code, said }))
    child.on('error', ({ message }) => {
      said += message
      end(null)
    })
    child.on('close', end)
  })
  return {
    said: () => said,
    ending: () => ending,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(late)
    },
  }
}
