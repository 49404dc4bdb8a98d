import { systemClock } from '../../base/index.ts'
import { startToxiproxyServer } from '../../toxiproxy/index.ts'
import { host } from './host.ts'

export interface ToxiproxyPartData {
  host: string
  port: number
  seed: number
}
export interface ToxiproxyPartReady {
  url: string
}

host<ToxiproxyPartData, ToxiproxyPartReady, never, never, true>(async (data) => {
  const server = await startToxiproxyServer({ ...data, clock: systemClock })
  return {
    ready: { url: server.url },
    stop: async () => {
      await server.stop()
      return true
    },
  }
})
