import { GamedayError, type ProviderRole } from '../base/index.ts'
import { misfits } from './fit.ts'
import { perRole, type ProviderConfig, type ProviderOverride, type ProviderOverrides } from './providers.ts'
import type { RouterOverrides } from './router.ts'
import type { Config } from './schema.ts'

/** What a drill says about router and providers; anything that it leaves out stays as it is configured. */
export interface Overrides {
  /** The drill's file, by which a refusal names it. */
  file?: string
  router?: RouterOverrides | undefined
  providers?: ProviderOverrides | undefined
}

/**
 * Gives the configuration of one drill: the drill's overrides laid over it, field by field, without what is set aside.
 * The given one is not changed.
 *
 * @throws GamedayError `OVERRIDE_UNFIT` if the drill sets what its router or provider does not have or what belongs to
 * a stage that runs already, or if the result contradicts itself
 */
export function applyOverrides(config: Config, overrides: Overrides): Config {
  const { file = 'the drill', router = {}, providers = {} } = overrides
  const fixed = config.stage.url === undefined ? [] : pathsIn('providers', providers)
  if (fixed.length > 0) {
    throw unfit(
      `${file} sets ${fixed.join(', ')}, but the providers are those of the stage at ${config.stage.url ?? ''}, and stay as they are`,
    )
  }
  const result: Config = {
    ...config,
    router: overrideRouter(config.router, router, file),
    providers: perRole((role) => overrideProvider(config.providers[role], providers[role] ?? {}, role, file)),
  }
  const [misfit] = misfits(result)
  if (misfit === undefined) return result
  throw unfit(
    `with the overrides of ${file}, ${misfit.path.join('.')} does not fit: ${misfit.found}; ${misfit.instead}`,
  )
}

/**
 * Names what of a drill's settings is set aside, as in `router.circuit.probeEvery`: how long the embedded router waits
 * for a provider and when it tries one again, where the router is another, which has its own ways. All else that a drill
 * sets is part of what it claims, and is refused there instead. Pure.
 */
export function setAside(
  { router }: Pick<Config, 'router'>,
  { router: overrides = {} }: Overrides,
): string[] {
  const { timeouts, circuit } = overrides
  return router.kind === 'embedded' ? [] : pathsIn('router', { timeouts, circuit })
}

function overrideRouter(
  router: Config['router'],
  overrides: RouterOverrides,
  file: string,
): Config['router'] {
  const { timeouts, circuit, guardrails, cache, ...flat } = overrides
  if (router.kind === 'external') {
    const named = pathsIn('router', { ...flat, guardrails, cache })
    if (named.length === 0) return router
    throw unfit(
      `${file} sets ${named.join(', ')}, which is the embedded router's to obey and not that of ${router.url}`,
    )
  }
  return {
    ...router,
    ...flat,
    timeouts: { ...router.timeouts, ...timeouts },
    circuit: { ...router.circuit, ...circuit },
    guardrails: { ...router.guardrails, ...guardrails },
    cache: { ...router.cache, ...cache },
  }
}

function overrideProvider(
  provider: ProviderConfig,
  override: ProviderOverride,
  role: ProviderRole,
  file: string,
): ProviderConfig {
  const { firstToken, interToken, outputTokens, ...flat } = override
  if (provider.kind === 'simulated') {
    return {
      ...provider,
      ...flat,
      firstToken: { ...provider.firstToken, ...firstToken },
      interToken: { ...provider.interToken, ...interToken },
      outputTokens: { ...provider.outputTokens, ...outputTokens },
    }
  }
  const foreign = Object.entries({ firstToken, interToken, outputTokens }).find(
    ([, value]) => value !== undefined,
  )
  if (foreign === undefined) return { ...provider, ...flat }
  throw unfit(
    `${file} sets providers.${role}.${foreign[0]}, but ${provider.name} is a real provider and answers as it does`,
  )
}

/** Names what a map sets, down to its single values: `router.circuit.probeEvery`. */
function pathsIn(above: string, map: object): string[] {
  return Object.entries(map).flatMap(([key, value]: [string, unknown]) => {
    const path = `${above}.${key}`
    if (value === undefined) return []
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? pathsIn(path, value)
      : [path]
  })
}

function unfit(message: string): GamedayError {
  return new GamedayError(message, {
    code: 'OVERRIDE_UNFIT',
    hint: 'Change the drill’s router and providers, or run it with another --config.',
  })
}
