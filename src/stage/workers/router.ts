import { seededRandom, systemClock } from '../../base/index.ts'
import { startRouter, type RouterEvent, type RouterOptions } from '../../router/index.ts'
import { host } from './host.ts'

export type RouterPartData = Pick<RouterOptions, 'config' | 'targets' | 'bypass'> & { seed: number }
export interface RouterPartReady {
  url: string
}

host<RouterPartData, RouterPartReady, RouterEvent, never, true>(async (data, emit) => {
  const { seed, ...options } = data
  const random = seededRandom(seed, 'canary')
  const router = await startRouter({ ...options, clock: systemClock, random, onEvent: emit })
  return {
    ready: { url: router.url },
    stop: async () => {
      await router.stop()
      return true
    },
  }
})
