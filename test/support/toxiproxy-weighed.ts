import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { toxiproxyControl, type ToxiproxyControl } from '../../src/toxiproxy/index.ts'

/** What the process of a server holds. */
export interface Weight {
  /** Heap and buffers, after a collection. */
  bytes: number
  sockets: number
  servers: number
  timers: number
  /** What was thrown and not caught, and faults that it told of. */
  faults: string[]
}

export interface WeighedServer {
  url: string
  control: ToxiproxyControl
  weigh(): Promise<Weight>
  stop(): void
}

/** Starts the embedded server in a process of its own that can be weighed. */
export async function startWeighedServer(): Promise<WeighedServer> {
  const child = fork(fileURLToPath(new URL('shims/toxiproxy-weighed.mjs', import.meta.url)), {
    execArgv: ['--expose-gc'],
  })
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  return {
    url,
    control: toxiproxyControl({ url, timeoutMs: 10_000 }),
    weigh: async () => {
      child.send('weigh')
      const [weight] = (await once(child, 'message')) as [Weight]
      return weight
    },
    stop: () => child.disconnect(),
  }
}
