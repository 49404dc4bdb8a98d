import { InternalError } from '../base/index.ts'
import type { LoadFigures } from '../load/index.ts'
import type { Observed } from '../record/index.ts'
import { startPart } from './part.ts'
import type { LoadPartCommand, LoadPartData, LoadPartEvent } from './workers/load.ts'

/** The load of a drill, in its worker: up, but silent until it is begun. */
export interface StagedLoad {
  begin(epochMs: number): void
  /**
   * Stops sending, waits up to `drainMs` for the answers under way, and sums up. Null if it was never begun; a second
   * call gets the first one's answer.
   */
  end(drainMs: number): Promise<LoadFigures | null>
  /** Ends the worker. */
  stop: () => Promise<void>
}

export interface StagedLoadOptions {
  data: LoadPartData
  onSample: (sample: Observed) => void
  onDeath: (error: Error) => void
}

/** Brings the load's worker up. */
export async function stageLoad({ data, onSample, onDeath }: StagedLoadOptions): Promise<StagedLoad> {
  let begun = false
  let ending: Promise<LoadFigures> | null = null
  let death: Error | null = null
  let settle: { ended(summary: LoadFigures): void; died(error: Error): void } | null = null
  const part = await startPart<LoadPartData, true, LoadPartEvent, LoadPartCommand, true>({
    name: 'load',
    data,
    onEvent: (event) => {
      if (event.type === 'sample') onSample(event.sample)
      else settle?.ended(event.summary)
    },
    onDeath: (error) => {
      death = error
      settle?.died(error)
      onDeath(error)
    },
  })
  return {
    begin: (epochMs) => {
      if (begun) throw new InternalError('the load was begun twice')
      begun = true
      part.send({ type: 'begin', epochMs })
    },
    end: async (drainMs) => {
      if (!begun) return null
      ending ??= new Promise<LoadFigures>((resolve, reject) => {
        settle = { ended: resolve, died: reject }
        if (death === null) part.send({ type: 'end', drainMs })
        else reject(death)
      })
      return ending
    },
    stop: async () => {
      await part.stop()
    },
  }
}
