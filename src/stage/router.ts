import type { ProviderRole } from '../base/index.ts'
import type { RouterConfig } from '../config/index.ts'
import type { RouterEvent, RouterTarget } from '../router/index.ts'
import { startPart } from './part.ts'
import type { RouterPartData, RouterPartReady } from './workers/router.ts'

export interface StagedRouter {
  kind: 'embedded' | 'external'
  url: string
  key: string
  stop: () => Promise<void>
}

/** Makes the router that the drill is about, in front of the given targets. */
export type RouterMaker = (targets: readonly RouterTarget[]) => Promise<StagedRouter>

export interface EmbeddedRouterOptions {
  config: RouterConfig
  bypass: ProviderRole | null
  onEvent: (event: RouterEvent) => void
  onDeath: (error: Error) => void
}

/** Makes the embedded router, in a worker of its own. */
export function embeddedRouter({ config, bypass, onEvent, onDeath }: EmbeddedRouterOptions): RouterMaker {
  return async (targets) => {
    const part = await startPart<RouterPartData, RouterPartReady, RouterEvent, never, true>({
      name: 'router',
      data: { config, targets, bypass },
      onEvent,
      onDeath,
    })
    return {
      kind: 'embedded',
      url: part.ready.url,
      key: 'embedded-router',
      stop: async () => {
        await part.stop()
      },
    }
  }
}
