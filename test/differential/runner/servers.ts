import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { systemClock } from '../../../src/base/index.ts'
import { startToxiproxyServer } from '../../../src/toxiproxy/index.ts'
import { freePort } from './places.ts'

/** A server under test. Every case has one of its own: nothing of another case can show in it. */
export interface Subject {
  readonly host: string
  readonly port: number
  /** False once it has died of something. */
  alive(): boolean
  stop(): Promise<void>
}

export type Starter = () => Promise<Subject>

export const embedded: Starter = async () => {
  const faults: Error[] = []
  const onFault = (error: Error) => void faults.push(error)
  const server = await startToxiproxyServer({
    host: '127.0.0.1',
    port: 0,
    seed: 1,
    clock: systemClock,
    onFault,
  })
  return {
    host: server.host,
    port: server.port,
    // A fault is told and survived, but counts as dying here: no case may find one.
    alive: () => faults.length === 0,
    stop: () => server.stop(),
  }
}

/** Starts the original, as a process, from its binary. */
export const real =
  (binary: string): Starter =>
  async () => {
    const port = await freePort()
    const child = spawn(binary, ['-host', '127.0.0.1', '-port', String(port)], {
      stdio: 'ignore',
      env: { ...process.env, LOG_LEVEL: 'error' },
    })
    const gone = once(child, 'exit')
    const alive = () => child.exitCode === null && child.signalCode === null
    const subject: Subject = {
      host: '127.0.0.1',
      port,
      alive,
      stop: async () => {
        child.kill('SIGKILL')
        await gone
      },
    }
    for (let tries = 0; tries < 400 && alive(); tries++) {
      const up = await fetch(`http://127.0.0.1:${port}/version`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (up) return subject
      await systemClock.sleep(20)
    }
    await subject.stop()
    throw new Error(`${binary} did not come up on port ${port}`)
  }
