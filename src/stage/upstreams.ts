import { PROVIDER_ROLES, type ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import type { RouterTarget } from '../router/index.ts'
import { gateKey, gateToken } from './gate-key.ts'
import { startPart } from './part.ts'
import { routerTarget } from './router-target.ts'
import type { GatePartData, GatePartReady } from './workers/gate.ts'

/** The providers of a router that is no part of a drill. */
export interface Upstreams {
  targets: RouterTarget[]
  /** Those that gameday plays; null where both are real. */
  simulated: SimulatedPart | null
}

interface SimulatedPart {
  /** What it plays, to tell whether a changed configuration means another play. */
  plays: string
  urls: Record<ProviderRole, string>
  keys: Record<ProviderRole, string>
  stop: () => Promise<void>
}

export interface UpstreamsOptions {
  config: Pick<Config, 'providers' | 'stage'>
  realKeys: Partial<Record<ProviderRole, string>>
  seed: number
  onDeath: (error: Error) => void
}

/**
 * Gives a router its providers: real ones as they are; simulated ones are started, unless those that run already, in
 * `before`, play just that.
 */
export async function startUpstreams(options: UpstreamsOptions, before?: Upstreams): Promise<Upstreams> {
  const { providers, stage } = options.config
  const played = PROVIDER_ROLES.map((role) => (providers[role].kind === 'simulated' ? providers[role] : null))
  const plays = JSON.stringify([played, stage.listen])
  const isSimulated = played.some((provider) => provider !== null)
  const running = before?.simulated?.plays === plays ? before.simulated : null
  const simulated = isSimulated ? (running ?? (await startSimulated(options, plays))) : null
  const targets = PROVIDER_ROLES.map((role): RouterTarget => {
    const provider = providers[role]
    const where =
      provider.kind === 'real'
        ? { baseUrl: provider.baseUrl, key: options.realKeys[role] ?? '' }
        : { baseUrl: simulated?.urls[role] ?? '', key: simulated?.keys[role] ?? '' }
    return routerTarget(role, providers, where)
  })
  return { targets, simulated }
}

async function startSimulated(
  { config, realKeys, seed, onDeath }: UpstreamsOptions,
  plays: string,
): Promise<SimulatedPart> {
  const keys = { primary: gateKey('primary'), secondary: gateKey('secondary') }
  const part = await startPart<GatePartData, GatePartReady, never, never, true>({
    name: 'gate',
    data: {
      listen: config.stage.listen,
      ports: { primary: 0, secondary: 0, control: 0 },
      providers: config.providers,
      keys,
      realKeys,
      controlToken: gateToken(),
      seed,
      graceMs: 0,
    },
    onEvent: () => undefined,
    onDeath,
  })
  return { plays, urls: part.ready.urls, keys, stop: async () => void (await part.stop()) }
}
