import { GamedayError, PROVIDER_ROLES, type ProviderRole } from '../base/index.ts'
import type { RealProviderConfig } from './providers.ts'
import type { Config } from './schema.ts'

/**
 * Finds the real providers' keys in the environment, by the names that the configuration gives. Simulated providers
 * have none.
 *
 * @throws GamedayError `KEY_MISSING` naming every variable that is not set
 * @throws GamedayError `KEY_UNUSABLE` if a key holds a blank or a line break, which no header can carry
 */
export function resolveKeys(
  config: Pick<Config, 'providers'>,
  env: Readonly<Record<string, string | undefined>>,
): Partial<Record<ProviderRole, string>> {
  const keys: Partial<Record<ProviderRole, string>> = {}
  const missing: string[] = []
  for (const role of PROVIDER_ROLES) {
    const provider = config.providers[role]
    if (provider.kind === 'simulated') continue
    const key = realKeyOf(provider, env)
    if (key === null) missing.push(`${provider.key} (the key of the ${role}, ${provider.name})`)
    else keys[role] = key
  }
  if (missing.length === 0) return keys
  throw new GamedayError(`not set in the environment: ${missing.join(' and ')}`, {
    code: 'KEY_MISSING',
    hint: 'Set it in this shell, for example with: read -rs NAME && export NAME',
  })
}

/** Finds the key of one real provider; null where its variable is not set. Throws `KEY_UNUSABLE`. */
export function realKeyOf(
  { key: name }: Pick<RealProviderConfig, 'key'>,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const key = env[name] ?? ''
  if (/[^\x21-\x7e]/.test(key)) throw unusable(name)
  return key === '' ? null : key
}

/**
 * Puts in the address of Redis that a variable holds, password and all: from here on it is a secret.
 *
 * @throws GamedayError `REDIS_ADDRESS_UNUSABLE` if the variable is not set or holds no such address
 */
export function resolveRedis<T extends Pick<Config, 'router'>>(
  config: T,
  env: Readonly<Record<string, string | undefined>>,
): T {
  const { router } = config
  if (router.kind === 'external') return config
  const { redisFrom, mode } = router.cache
  if (redisFrom === undefined || mode === 'off') return config
  const address = env[redisFrom] ?? ''
  if (URL.canParse(address) && /^rediss?:$/.test(new URL(address).protocol))
    return { ...config, router: { ...router, cache: { ...router.cache, redis: address } } }
  const found = address === '' ? 'is not set in the environment' : 'holds no address of a Redis'
  throw new GamedayError(`${redisFrom} ${found}, and router.cache.redisFrom names it`, {
    code: 'REDIS_ADDRESS_UNUSABLE',
    hint: 'Set it to an address such as redis://:password@127.0.0.1:6379.',
  })
}

function unusable(name: string): GamedayError {
  return new GamedayError(
    `the key in ${name} holds a blank, a line break or another character that no header can carry`,
    {
      code: 'KEY_UNUSABLE',
      hint: 'It was probably copied with a line break at its end: set it again.',
    },
  )
}
