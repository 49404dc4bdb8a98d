import { Worker } from 'node:worker_threads'
import { builtFile, EXIT, GamedayError, messageOf, type Clock } from '../../base/index.ts'
import type { WatchdogReason } from '../../record/index.ts'
import type { FromGuard, GuardData, ToGuard } from './guard.ts'
import { SILENCE_MS, START_MS, type WatchdogTask } from './protocol.ts'

/** After the last word the thread is ended. */
const RELEASE_MS = 5000

/** What a runner hears of its watchdog. */
export interface WatchdogNews {
  onStarted: (pid: number) => void
  /** It died; it is being replaced. */
  onLost: (detail: string) => void
  /** It died and cannot be replaced. */
  onFailed: (detail: string) => void
  /** It has begun to undo the run. */
  onUndoing: (why: WatchdogReason, detail: string) => void
}

export interface Watchdog {
  /** Tells it when the drill's clock stood at 0, so that what it writes fits in. */
  epoch(epochMs: number): void
  /** Throws `WATCHDOG_UNDOING` once the run must not change anything any more. */
  permit: () => void
  /** Lets it end; with something still to undo it goes on trying by itself. */
  release(allUndone: boolean): Promise<void>
}

/** Starts the watchdog of a run in a process of its own. Throws `WATCHDOG_NOT_STARTED`. */
export function startWatchdog(task: WatchdogTask, clock: Clock, news: WatchdogNews): Promise<Watchdog> {
  const beat = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)
  const beatAt = new Float64Array(beat)
  const data: GuardData = { task, beat }
  const thread = new Worker(builtFile(import.meta.url, './guard.js'), { workerData: data })
  const post = (message: ToGuard) => thread.postMessage(message)
  let refusal: string | null = null
  let released: () => void = () => undefined
  const farewell = new Promise<void>((resolve) => (released = resolve))

  const permit = () => {
    if (refusal !== null) throw notPermitted(refusal)
    // A process that stood still wakes up before its watchdog's word arrives.
    const silenceMs = clock.now() - (beatAt[0] ?? 0)
    if (silenceMs > SILENCE_MS)
      throw notPermitted(
        `this process stood still for more than ${SILENCE_MS / 1000} s, so its watchdog may have begun to undo the run`,
      )
  }

  // The first failure is told, and what follows from it is not.
  let releasing = false
  const release = async (allUndone: boolean) => {
    releasing = true
    post({ type: 'release', wait: allUndone })
    const late = setTimeout(released, RELEASE_MS)
    await farewell
    clearTimeout(late)
    await thread.terminate()
  }

  return new Promise((resolve, reject) => {
    let up = false
    const fail = (detail: string) => {
      if (releasing) return
      releasing = true
      refusal ??= `nobody watches over the run any more: ${detail}`
      clearTimeout(late)
      released()
      if (up) return news.onFailed(detail)
      void thread.terminate().then(() => reject(notStarted(detail)))
    }
    const late = setTimeout(() => fail(`it did not come up within ${START_MS / 1000} s`), START_MS)
    thread.on('message', (message: FromGuard) => {
      switch (message.type) {
        case 'started':
          clearTimeout(late)
          news.onStarted(message.pid)
          if (!up) resolve({ epoch: (epochMs) => post({ type: 'epoch', epochMs }), permit, release })
          up = true
          break
        case 'undoing':
          refusal = `the watchdog has begun to undo the run: ${message.detail}`
          news.onUndoing(message.why, message.detail)
          break
        case 'lost':
          if (up) news.onLost(message.detail)
          break
        case 'failed':
          fail(message.detail)
          break
        case 'released':
          released()
      }
    })
    thread.on('error', (error) => fail(messageOf(error)))
    thread.on('exit', (code) => {
      if (!releasing) fail(`its guard ended with code ${code}`)
    })
  })
}

const notPermitted = (message: string) =>
  new GamedayError(message, { code: 'WATCHDOG_UNDOING', exitCode: EXIT.aborted })

function notStarted(detail: string): GamedayError {
  return new GamedayError(`the watchdog could not be started: ${detail}`, {
    code: 'WATCHDOG_NOT_STARTED',
    exitCode: EXIT.notReady,
    hint: 'A drill does not break anything without one. See whether this system lets a process start another.',
  })
}
