import { GamedayError, type ProviderRole } from '../base/index.ts'
import { misfits } from './fit.ts'
import { perRole, type ProviderConfig, type ProviderOverride, type ProviderOverrides } from './providers.ts'
import type { RouterOverrides } from './router.ts'
import type { Config } from './schema.ts'

/** What a drill says about router and providers; anything that it leaves out stays as it is configured. */
export interface Overrides {
  router?: RouterOverrides | undefined
  providers?: ProviderOverrides | undefined
}

/**
 * Gives the configuration of one drill: the drill's overrides laid over it, field by field. The given one is not
 * changed.
 *
 * @throws GamedayError `OVERRIDE_UNFIT` if the drill sets what its router or provider does not have or what belongs to
 * a stage that runs already, or if the result contradicts itself
 */
export function applyOverrides(config: Config, { router = {}, providers = {} }: Overrides): Config {
  const fixed = config.stage.url === undefined ? [] : pathsIn('providers', providers)
  if (fixed.length > 0) {
    throw unfit(
      `the drill sets ${fixed.join(', ')}, but the providers are those of the stage at ${config.stage.url ?? ''}, and stay as they are`,
    )
  }
  const result: Config = {
    ...config,
    router: overrideRouter(config.router, router),
    providers: perRole((role) => overrideProvider(config.providers[role], providers[role] ?? {}, role)),
  }
  const [misfit] = misfits(result)
  if (misfit === undefined) return result
  throw unfit(
    `with the drill's overrides ${misfit.path.join('.')} does not fit: ${misfit.found}; ${misfit.instead}`,
  )
}

function overrideRouter(router: Config['router'], overrides: RouterOverrides): Config['router'] {
  const { timeouts, circuit, guardrails, cache, ...flat } = overrides
  if (router.kind === 'external') {
    const named = pathsIn('router', overrides)
    if (named.length === 0) return router
    throw unfit(
      `the drill sets ${named.join(', ')}, which is the embedded router's to obey and not that of ${router.url}`,
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
    `the drill sets providers.${role}.${foreign[0]}, but ${provider.name} is a real provider and answers as it does`,
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
