import { GamedayError, type ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import { strikesOf, type Drill } from '../drill/index.ts'
import { readBypass } from './flags.ts'
import type { Io } from './io.ts'

/** Refuses a drill that kills a router which gameday could not start again. Throws `ROUTER_NOT_OURS`. */
export function refuseRouterKilled({ router }: Pick<Config, 'router'>, { agenda, file }: Drill): void {
  if (router.kind === 'embedded') return
  const killing = agenda.find(
    (phase) => phase.phase === 'break' && strikesOf(phase).some(({ target }) => target === 'router'),
  )
  if (killing === undefined) return
  throw new GamedayError(
    `${file} kills the router, and nothing here could start the one at ${router.url} again`,
    {
      code: 'ROUTER_NOT_OURS',
      hint: 'Hold another drill, or kill it by hand beside a drill of your own and note it: gameday note.',
    },
  )
}

/** Reads `BYPASS_ROUTER`, which the embedded router alone obeys. Throws `BYPASS_NOT_OURS` where it is another's to obey. */
export function bypassOf({ router }: Pick<Config, 'router'>, { env }: Pick<Io, 'env'>): ProviderRole | null {
  const bypass = readBypass(env)
  if (bypass === null || router.kind === 'embedded') return bypass
  throw new GamedayError(`BYPASS_ROUTER is set, and the router at ${router.url} is not gameday's to bypass`, {
    code: 'BYPASS_NOT_OURS',
    hint: 'Unset it.',
  })
}
