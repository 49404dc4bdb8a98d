import { GamedayError } from '../base/index.ts'
import type { RouterConfig } from './router.ts'
import type { Config } from './schema.ts'

/** What takes requests out of the order of the providers; of another's router nothing is known to. */
export function routingOf({ router }: Pick<Config, 'router'>): Pick<RouterConfig, 'pins' | 'canary'> {
  return router.kind === 'embedded' ? router : { pins: [] }
}

/** The embedded router's settings. Throws `ROUTER_NOT_OURS` where the configuration names another router. */
export function embeddedRouterOf({ router }: Pick<Config, 'router'>): RouterConfig {
  if (router.kind === 'embedded') return router
  throw new GamedayError(
    `gameday.yaml names the router at ${router.url}, which is not gameday's to start or to break`,
    {
      code: 'ROUTER_NOT_OURS',
      hint: 'Write kind: embedded under router, or use another --config, to have gameday’s own.',
    },
  )
}
