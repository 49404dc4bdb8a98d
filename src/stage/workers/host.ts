import { parentPort, workerData } from 'node:worker_threads'
import { EXIT, GamedayError, messageOf } from '../../base/index.ts'
import type { FromPart, ToPart } from '../part.ts'

/** What a part answers to, once it runs. */
export interface Hosted<Ready, Command, Farewell> {
  ready: Ready
  command?(command: Command): void
  stop(): Promise<Farewell>
}

/** Runs a part inside its worker: starts it with the worker's data, then obeys. */
export function host<Data, Ready, Event, Command, Farewell>(
  start: (data: Data, emit: (event: Event) => void) => Promise<Hosted<Ready, Command, Farewell>>,
): void {
  const port = parentPort
  if (port === null) throw new Error('a part of the stage is started by startPart')
  const post = (message: FromPart<Ready, Event, Farewell>) => port.postMessage(message)

  // The data is what startPart was given for this very file.
  start(workerData as Data, (event) => post({ type: 'event', event })).then(
    (hosted) => {
      port.on('message', (message: ToPart<Command>) => {
        if (message.type === 'command') hosted.command?.(message.command)
        else
          hosted.stop().then(
            (farewell) => post({ type: 'stopped', farewell }),
            (error: unknown) => {
              throw error
            },
          )
      })
      post({ type: 'ready', ready: hosted.ready })
    },
    (error: unknown) => {
      if (!(error instanceof GamedayError)) throw error
      const { code, exitCode, hint } = error
      post({ type: 'failed', message: messageOf(error), code, exitCode: exitCode ?? EXIT.usage, hint })
    },
  )
}
