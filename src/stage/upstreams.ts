import { randomBytes } from 'node:crypto'
import { PROVIDER_ROLES, type ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import type { RouterTarget } from '../router/index.ts'
import { startPart } from './part.ts'
import { routerTarget } from './router-target.ts'
import type { GatePartData, GatePartReady } from './workers/gate.ts'

/** The providers of a router that is no part of a drill. */
export interface Upstreams {
  targets: RouterTarget[]
  stop: () => Promise<void>
}

export interface UpstreamsOptions {
  config: Pick<Config, 'providers' | 'stage'>
  realKeys: Partial<Record<ProviderRole, string>>
  seed: number
  onDeath: (error: Error) => void
}

/** Gives a router its providers: real ones as they are; simulated ones are started. */
export async function startUpstreams(options: UpstreamsOptions): Promise<Upstreams> {
  const { providers } = options.config
  const isSimulated = PROVIDER_ROLES.some((role) => providers[role].kind === 'simulated')
  const simulated = isSimulated ? await startSimulated(options) : null
  const targets = PROVIDER_ROLES.map((role): RouterTarget => {
    const provider = providers[role]
    const where =
      provider.kind === 'real'
        ? { baseUrl: provider.baseUrl, key: options.realKeys[role] ?? '' }
        : { baseUrl: simulated?.urls[role] ?? '', key: simulated?.keys[role] ?? '' }
    return routerTarget(role, providers, where)
  })
  return { targets, stop: async () => void (await simulated?.stop()) }
}

async function startSimulated({ config, realKeys, seed, onDeath }: UpstreamsOptions) {
  const key = () => `sk-gameday-${randomBytes(18).toString('base64url')}`
  const keys = { primary: key(), secondary: key() }
  const part = await startPart<GatePartData, GatePartReady, never, never, true>({
    name: 'gate',
    data: {
      listen: config.stage.listen,
      ports: { primary: 0, secondary: 0, control: 0 },
      providers: config.providers,
      keys,
      realKeys,
      controlToken: randomBytes(24).toString('base64url'),
      seed,
    },
    onEvent: () => undefined,
    onDeath,
  })
  return { urls: part.ready.urls, keys, stop: () => part.stop() }
}
