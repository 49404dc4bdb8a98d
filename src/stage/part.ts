import { Worker } from 'node:worker_threads'
import { builtFile, GamedayError, InternalError, messageOf } from '../base/index.ts'

/**
 * One moving part of a run in a worker of its own, so that the delay of one event loop is never blamed on another.
 *
 *     here                       worker
 *      | -- workerData ----------> |  start(data)
 *      | <-- ready / failed ------ |
 *      | <-- event ...            |
 *      | -- command ...  --------> |
 *      | -- stop ----------------> |  stop()
 *      | <-- stopped ------------- |  (ends by itself)
 */
export interface Part<Ready, Command, Farewell> {
  readonly ready: Ready
  send(command: Command): void
  /** Asks the part to stop and waits for its last word; ends it the hard way after `deadlineMs`. */
  stop: (deadlineMs?: number) => Promise<Farewell | null>
  /** Ends the part as a process is killed: at once, without a last word, its sockets closed under whoever uses them. */
  kill: () => Promise<void>
}

export type FromPart<Ready, Event, Farewell> =
  | { type: 'ready'; ready: Ready }
  | { type: 'failed'; message: string; code: string; exitCode: number; hint: string | undefined }
  | { type: 'event'; event: Event }
  | { type: 'stopped'; farewell: Farewell }

export type ToPart<Command> = { type: 'command'; command: Command } | { type: 'stop' }

export interface PartOptions<Data, Event> {
  /** Name of the worker's file in `workers/`. */
  name: string
  data: Data
  onEvent: (event: Event) => void
  /** Called when the part dies without having been asked to. */
  onDeath: (error: Error) => void
}

/** Longest that a part may take to come up. */
const START_MS = 15_000
const STOP_MS = 5000

/** Starts a part and waits until it is ready. Throws the part's own GamedayError, or InternalError if it died. */
export function startPart<Data, Ready, Event, Command, Farewell>(
  options: PartOptions<Data, Event>,
): Promise<Part<Ready, Command, Farewell>> {
  const { name, data, onEvent, onDeath } = options
  const worker = new Worker(builtFile(import.meta.url, `./workers/${name}.js`), { workerData: data })
  const post = (message: ToPart<Command>) => worker.postMessage(message)

  return new Promise((resolve, reject) => {
    let state: 'starting' | 'ready' | 'stopping' | 'gone' = 'starting'
    let bidFarewell: (farewell: Farewell | null) => void = () => undefined
    const farewell = new Promise<Farewell | null>((done) => (bidFarewell = done))
    const late = setTimeout(
      () => fail(new InternalError(`the ${name} did not come up within ${START_MS / 1000} s`)),
      START_MS,
    )

    const fail = (error: Error) => {
      const before = state
      state = 'gone'
      clearTimeout(late)
      bidFarewell(null)
      if (before === 'starting') void worker.terminate().then(() => reject(error))
      else if (before === 'ready') onDeath(error)
    }

    const stop = async (deadlineMs = STOP_MS) => {
      if (state !== 'ready') return farewell
      state = 'stopping'
      post({ type: 'stop' })
      const hard = setTimeout(() => void worker.terminate().then(() => bidFarewell(null)), deadlineMs)
      const last = await farewell
      clearTimeout(hard)
      await worker.terminate()
      state = 'gone'
      return last
    }

    const kill = async () => {
      if (state === 'ready') state = 'gone'
      await worker.terminate()
      bidFarewell(null)
    }

    worker.on('message', (message: FromPart<Ready, Event, Farewell>) => {
      switch (message.type) {
        case 'ready':
          state = 'ready'
          clearTimeout(late)
          resolve({ ready: message.ready, send: (command) => post({ type: 'command', command }), stop, kill })
          break
        case 'failed':
          fail(
            new GamedayError(message.message, {
              code: message.code,
              exitCode: message.exitCode,
              ...(message.hint === undefined ? {} : { hint: message.hint }),
            }),
          )
          break
        case 'event':
          onEvent(message.event)
          break
        case 'stopped':
          bidFarewell(message.farewell)
          break
      }
    })
    worker.on('error', (error) =>
      fail(new InternalError(`the ${name} failed: ${messageOf(error)}`, { cause: error })),
    )
    worker.on('exit', (code) => fail(new InternalError(`the ${name} ended by itself with code ${code}`)))
  })
}
