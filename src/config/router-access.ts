import { GamedayError, type FormatId } from '../base/index.ts'
import type { ExternalRouterConfig } from './router.ts'
import type { Config } from './schema.ts'

/** How a router that is not gameday's is asked: what the configuration says, with what the environment holds. */
export interface RouterAccess {
  url: string
  model: string
  key: string
  format: FormatId
  headers: Record<string, string>
}

type Env = Readonly<Record<string, string | undefined>>

/** What is sent as the key where the router asks for none: the official clients want one, and so do some routers. */
const NO_KEY = 'gameday'

/**
 * Finds in the environment what is named in the configuration of an external router. Null for the embedded one.
 *
 * @throws GamedayError `KEY_MISSING` naming the variable of a key or a header that is not set, `KEY_UNUSABLE` where no
 * header can carry what it holds
 */
export function routerAccess(
  { router, providers }: Pick<Config, 'router' | 'providers'>,
  env: Env,
): RouterAccess | null {
  if (router.kind === 'embedded') return null
  return {
    url: router.url,
    model: router.model ?? providers.primary.model,
    key: keyOf(router, env),
    format: router.format,
    headers: Object.fromEntries(
      Object.entries(router.headers).map(([name, value]) => [
        name,
        value.startsWith('$') ? held(value.slice(1), `router.headers.${name}`, env) : value,
      ]),
    ),
  }
}

/** The variable that is used unless one is named need not be set: a router may ask for no key. */
function keyOf({ key }: ExternalRouterConfig, env: Env): string {
  const isUsual = key === 'GAMEDAY_ROUTER_KEY'
  return isUsual && (env[key] ?? '') === '' ? NO_KEY : held(key, 'router.key', env)
}

function held(name: string, setting: string, env: Env): string {
  const value = env[name] ?? ''
  if (value === '') {
    throw new GamedayError(`${name} is not set in the environment, and ${setting} names it`, {
      code: 'KEY_MISSING',
      hint: 'Set it in this shell, for example with: read -rs NAME && export NAME',
    })
  }
  if (/[^\x20-\x7e]/.test(value)) {
    throw new GamedayError(
      `what ${name} holds has a line break or another character that no header can carry`,
      {
        code: 'KEY_UNUSABLE',
        hint: 'It was probably copied with a line break at its end: set it again.',
      },
    )
  }
  return value
}
