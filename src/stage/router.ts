import type { ProviderRole } from '../base/index.ts'
import type { RouterAccess, RouterConfig } from '../config/index.ts'
import type { RouterEvent, RouterTarget } from '../router/index.ts'
import { startPart } from './part.ts'
import type { RouterPartData, RouterPartReady } from './workers/router.ts'

/** What can be done to a router that is a part of the run, as it would be to its process. */
export interface RouterHands {
  readonly state: 'routing' | 'bypassed' | 'killed'
  /** Kills it: connections are cut, and new ones refused. */
  kill(): Promise<void>
  /** Starts it again on the same port: as it was, or as a mere way through to one provider. */
  start(bypass: ProviderRole | null): Promise<void>
}

export interface StagedRouter {
  kind: 'embedded' | 'external'
  url: string
  key: string
  /** What else it takes to ask a router that is not gameday's. */
  access?: Pick<RouterAccess, 'model' | 'format' | 'headers'>
  /** Absent for one that is not the run's to kill. */
  hands?: RouterHands
  stop: () => Promise<void>
}

/** Makes the router that the drill is about, in front of the given targets. */
export type RouterMaker = (targets: readonly RouterTarget[]) => Promise<StagedRouter>

/** Takes a router as it is: it runs already, pointed at the targets by whoever runs it. */
export function externalRouter({ url, key, ...access }: RouterAccess): RouterMaker {
  return () => Promise.resolve({ kind: 'external', url, key, access, stop: () => Promise.resolve() })
}

export interface EmbeddedRouterOptions {
  config: RouterConfig
  bypass: ProviderRole | null
  /** Of the canary's draws. */
  seed: number
  onEvent: (event: RouterEvent) => void
  onDeath: (error: Error) => void
}

/** Makes the embedded router, in a worker of its own. */
export function embeddedRouter({
  config,
  bypass,
  seed,
  onEvent,
  onDeath,
}: EmbeddedRouterOptions): RouterMaker {
  return async (targets) => {
    const start = (data: Pick<RouterPartData, 'config' | 'bypass'>) =>
      startPart<RouterPartData, RouterPartReady, RouterEvent, never, true>({
        name: 'router',
        data: { ...data, targets, seed },
        onEvent,
        onDeath,
      })
    let part = await start({ config, bypass })
    const { url } = part.ready
    const onSamePort = { ...config, port: Number(new URL(url).port) }
    let state: RouterHands['state'] = 'routing'
    // One after another: a hand that bypasses it may still be at it when it is to be restored.
    let last: Promise<void> = Promise.resolve()
    const inTurn = (act: () => Promise<void>) => (last = last.catch(() => undefined).then(act))
    return {
      kind: 'embedded',
      url,
      key: 'embedded-router',
      hands: {
        get state() {
          return state
        },
        kill: () =>
          inTurn(async () => {
            await part.kill()
            state = 'killed'
          }),
        start: (to) =>
          inTurn(async () => {
            await part.stop()
            state = 'killed'
            part = await start({ config: onSamePort, bypass: to ?? bypass })
            state = to === null ? 'routing' : 'bypassed'
          }),
      },
      stop: () =>
        inTurn(async () => {
          await part.stop()
        }),
    }
  }
}
