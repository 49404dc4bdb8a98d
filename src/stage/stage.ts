import { messageOf, PROVIDER_ROLES, type Clock, type ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import { vendorPath } from '../providers/index.ts'
import type { Attempt, EventOf, Undo } from '../record/index.ts'
import type { ToxiproxyControl } from '../toxiproxy/index.ts'
import type { StageChanges } from './changes.ts'
import { gateKey, gateToken } from './gate-key.ts'
import { portOf, startParts, type ProxyMaking, type StageParts, type WantedProxy } from './parts.ts'
import { routerTarget } from './router-target.ts'
import type { RouterMaker, StagedRouter } from './router.ts'
import { partsOf, type AttachedStage } from './standing/attach.ts'
import type { StagedToxiproxy } from './toxiproxy.ts'

/**
 * The moving parts of a run, put together:
 *
 *     load --> router --> Toxiproxy --> gate --> provider
 *       '----- control lane ---^
 */
export interface Stage extends Omit<StageParts, 'toxiproxy'> {
  environment: EventOf<'run.started'>['environment']
  toxiproxy: ToxiproxyControl
  /** Whether its parts are the run's own, and die with it; a stage that stood before stays. */
  withRun: boolean
  /** Whole addresses of the consoles of simulated vendors; a real one answers there that it has its own. */
  vendorConsole: Record<ProviderRole, string>
  router: StagedRouter
  /** Takes down all that was started, and only that, in reverse order. Returns what could not be. */
  stop: () => Promise<string[]>
}

export interface StageOptions {
  config: Config
  realKeys: Partial<Record<ProviderRole, string>>
  runTag: string
  seed: number
  clock: Clock
  makeRouter: RouterMaker
  changes: StageChanges
  /** A stage that stands already; without it the run has one of its own. */
  standing: AttachedStage | null
  onAttempt: (attempt: Attempt) => void
  onDeath: (error: Error) => void
  /** Called when a stage that stood before is gone. */
  onStageLost: (error: Error) => void
}

/** Puts the parts together: those of a stage that stands, or the run's own; then the router. What fails takes down all before it. */
export async function startStage(options: StageOptions): Promise<Stage> {
  const { config, standing, makeRouter } = options
  const parts = standing === null ? await ownParts(options) : await theirParts(standing, options)
  let router: StagedRouter
  try {
    router = await makeRouter(
      PROVIDER_ROLES.map((role) =>
        routerTarget(role, config.providers, { baseUrl: parts.proxies[role].url, key: parts.keys[role] }),
      ),
    )
  } catch (error) {
    await parts.stop()
    throw error
  }
  const { toxiproxy, gateUrl } = parts
  return {
    ...parts,
    environment: {
      router: { kind: router.kind, url: router.url },
      toxiproxy: { kind: toxiproxy.kind, version: toxiproxy.version, url: toxiproxy.control.url },
      ...(standing === null ? {} : { stage: { url: standing.url } }),
      providers: PROVIDER_ROLES.map((role) => {
        const { name, format, kind, model } = config.providers[role]
        return { role, name, format, kind, model }
      }),
    },
    toxiproxy: toxiproxy.control,
    withRun: standing === null,
    vendorConsole: {
      primary: `${gateUrl}${vendorPath(parts.gateToken, 'primary')}`,
      secondary: `${gateUrl}${vendorPath(parts.gateToken, 'secondary')}`,
    },
    router,
    stop: async () => {
      const ofRouter = await router.stop().then(
        () => [],
        (error: unknown) => [`router: ${messageOf(error)}`],
      )
      return [...ofRouter, ...(await parts.stop())]
    },
  }
}

type Parts = StageParts & { stop: () => Promise<string[]> }

function ownParts({
  config,
  clock,
  realKeys,
  runTag,
  seed,
  changes,
  onAttempt,
  onDeath,
}: StageOptions): Promise<Parts> {
  return startParts({
    config,
    realKeys,
    keys: { primary: gateKey('primary'), secondary: gateKey('secondary') },
    gateToken: gateToken(),
    seed,
    proxyName: (role) => `gameday-${runTag}-${role}`,
    makeProxy: (wanted, toxiproxy) => recordedProxy(wanted, toxiproxy, { config, changes }),
    graceMs: 0,
    clock,
    onGate: async (gate) => {
      const following = new AbortController()
      await gate.followAttempts(onAttempt, following.signal, onDeath)
      return () => following.abort()
    },
    onDeath,
  })
}

/** Nothing of a stage that stands is the run's to take down. */
async function theirParts(
  standing: AttachedStage,
  { config, onAttempt, onStageLost }: StageOptions,
): Promise<Parts> {
  const parts = partsOf(standing, config.toxiproxy)
  const following = new AbortController()
  await parts.gate.followAttempts(onAttempt, following.signal, onStageLost)
  return {
    ...parts,
    stop: () => {
      following.abort()
      return Promise.resolve([])
    },
  }
}

/** A proxy whose undoing is on record before it is made: it is deleted, and with it goes whatever was done to it. */
function recordedProxy(
  wanted: WantedProxy,
  toxiproxy: StagedToxiproxy,
  { config, changes }: Pick<StageOptions, 'config' | 'changes'>,
): ProxyMaking {
  const undo = (address: string | null) => proxyUndo(toxiproxy, { ...wanted, address })
  const change = changes.begin(undo(null))
  return {
    make: async () => {
      const proxy = await toxiproxy.control.createProxy({ ...wanted, enabled: true })
      change.made(undo(`${config.toxiproxy.reach}:${portOf(proxy.listen)}`))
      return proxy
    },
    unmake: () => change.undo(),
  }
}

function proxyUndo(
  { kind, control: { url } }: Pick<StagedToxiproxy, 'kind' | 'control'>,
  { name, upstream, address }: Omit<WantedProxy, 'listen'> & { address: string | null },
): Undo {
  return {
    what: `the proxy ${name}`,
    change: { type: 'proxy-created', url, withRun: kind === 'embedded', proxy: name, upstream, address },
    undo: [
      {
        what: `deletes the proxy ${name}`,
        method: 'DELETE',
        url: `${url}/proxies/${encodeURIComponent(name)}`,
        expect: [204, 404],
      },
    ],
  }
}
