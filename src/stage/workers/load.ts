import { InternalError, systemClock } from '../../base/index.ts'
import { startLoad, type Load, type LoadOptions, type LoadFigures } from '../../load/index.ts'
import type { Observed } from '../../record/index.ts'
import { host } from './host.ts'

/** The plan is known when the stage is built; the load begins later, when its phase does. */
export type LoadPartData = Omit<LoadOptions, 'clock' | 'onSample' | 'epochMs'>
export type LoadPartCommand = { type: 'begin'; epochMs: number } | { type: 'end'; drainMs: number }
export type LoadPartEvent = { type: 'sample'; sample: Observed } | { type: 'ended'; summary: LoadFigures }

host<LoadPartData, true, LoadPartEvent, LoadPartCommand, true>(async (data, emit) => {
  let load: Load | null = null
  const end = async (drainMs: number) => {
    const ending = load
    load = null
    if (ending !== null) emit({ type: 'ended', summary: await ending.stop(drainMs) })
  }
  return Promise.resolve({
    ready: true,
    command: (command) => {
      if (command.type === 'end') {
        void end(command.drainMs)
        return
      }
      if (load !== null) throw new InternalError('the load was begun twice')
      load = startLoad({
        ...data,
        epochMs: command.epochMs,
        clock: systemClock,
        onSample: (sample) => emit({ type: 'sample', sample }),
      })
    },
    stop: async () => {
      await end(0)
      return true
    },
  })
})
