import { systemClock } from '../../base/index.ts'
import { startRouter, type RouterEvent, type RouterOptions } from '../../router/index.ts'
import { host } from './host.ts'

export type RouterPartData = Pick<RouterOptions, 'config' | 'targets' | 'bypass'>
export interface RouterPartReady {
  url: string
}

host<RouterPartData, RouterPartReady, RouterEvent, never, true>(async (data, emit) => {
  const router = await startRouter({ ...data, clock: systemClock, onEvent: emit })
  return {
    ready: { url: router.url },
    stop: async () => {
      await router.stop()
      return true
    },
  }
})
