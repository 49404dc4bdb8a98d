import { randomBytes } from 'node:crypto'
import { messageOf, PROVIDER_ROLES, type Clock, type ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import { gateControl, vendorPath, type GateControl } from '../providers/index.ts'
import type { Attempt, EventOf, Undo } from '../record/index.ts'
import type { ToxiproxyControl } from '../toxiproxy/index.ts'
import type { StageChanges } from './changes.ts'
import { startPart } from './part.ts'
import { routerTarget } from './router-target.ts'
import type { RouterMaker, StagedRouter } from './router.ts'
import { stageToxiproxy, type StagedToxiproxy } from './toxiproxy.ts'
import type { GatePartData, GatePartReady } from './workers/gate.ts'

/** A proxy that this run created, in front of a provider's gate. */
export interface StagedProxy {
  name: string
  /** Base URL for clients, ending in `/v1`. */
  url: string
}

/**
 * The moving parts of a run, put together:
 *
 *     load --> router --> Toxiproxy --> gate --> provider
 *       '----- control lane ---^
 */
export interface Stage {
  environment: EventOf<'run.started'>['environment']
  toxiproxy: ToxiproxyControl
  proxies: Record<ProviderRole, StagedProxy>
  gate: GateControl
  gateUrl: string
  gateToken: string
  /** Whole addresses of the consoles of simulated vendors; a real one answers there that it has its own. */
  vendorConsole: Record<ProviderRole, string>
  /** The keys that the gate knows; real ones never leave it. */
  keys: Record<ProviderRole, string>
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
  onAttempt: (attempt: Attempt) => void
  onDeath: (error: Error) => void
}

const CONTROL_TIMEOUT_MS = 5000

/** Starts the parts in the order in which bytes need them. If one fails, those before it are taken down again. */
export async function startStage(options: StageOptions): Promise<Stage> {
  const { config, realKeys, runTag, seed, makeRouter, changes, onAttempt, onDeath } = options
  const releases: { name: string; release(): Promise<void> }[] = []
  const stop = async () => {
    const failures: string[] = []
    for (let last = releases.pop(); last !== undefined; last = releases.pop()) {
      await last.release().catch((error: unknown) => failures.push(`${last.name}: ${messageOf(error)}`))
    }
    return failures
  }

  try {
    const keys = { primary: gateKey('primary'), secondary: gateKey('secondary') }
    const gateToken = randomBytes(24).toString('base64url')
    const gatePart = await startPart<GatePartData, GatePartReady, never, never, true>({
      name: 'gate',
      data: {
        listen: config.stage.listen,
        ports: gatePorts(config),
        providers: config.providers,
        keys,
        realKeys,
        controlToken: gateToken,
        seed,
      },
      onEvent: () => undefined,
      onDeath,
    })
    releases.push({ name: 'gate', release: async () => void (await gatePart.stop()) })
    const { controlUrl, addresses } = gatePart.ready
    const gate = gateControl({ url: controlUrl, token: gateToken, timeoutMs: CONTROL_TIMEOUT_MS })
    const following = new AbortController()
    await gate.followAttempts(onAttempt, following.signal, onDeath)
    releases.push({ name: 'ledger', release: async () => following.abort() })

    const toxiproxy = await stageToxiproxy({ config: config.toxiproxy, stage: config.stage, seed, onDeath })
    releases.push({ name: 'Toxiproxy', release: toxiproxy.stop })

    const createProxy = async (role: ProviderRole): Promise<StagedProxy> => {
      const name = `gameday-${runTag}-${role}`
      const listen = `${config.toxiproxy.listen}:${config.stage.ports[role === 'primary' ? 'primaryProxy' : 'secondaryProxy']}`
      const upstream = `${config.stage.advertise}:${addresses[role].port}`
      const undo = (address: string | null): Undo => proxyUndo(toxiproxy, { name, upstream, address })
      const change = changes.begin(undo(null))
      // From here on it may be there, even if the server's answer never comes.
      releases.push({ name: `proxy ${name}`, release: () => change.undo() })
      const proxy = await toxiproxy.control.createProxy({ name, listen, upstream, enabled: true })
      const address = `${config.toxiproxy.reach}:${portOf(proxy.listen)}`
      change.made(undo(address))
      return { name, url: `http://${address}/v1` }
    }
    const proxies = { primary: await createProxy('primary'), secondary: await createProxy('secondary') }

    const router = await makeRouter(
      PROVIDER_ROLES.map((role) =>
        routerTarget(role, config.providers, { baseUrl: proxies[role].url, key: keys[role] }),
      ),
    )
    releases.push({ name: 'router', release: router.stop })

    const environment: Stage['environment'] = {
      router: { kind: router.kind, url: router.url },
      toxiproxy: { kind: toxiproxy.kind, version: toxiproxy.version, url: toxiproxy.control.url },
      providers: PROVIDER_ROLES.map((role) => {
        const { name, format, kind, model } = config.providers[role]
        return { role, name, format, kind, model }
      }),
    }
    return {
      environment,
      toxiproxy: toxiproxy.control,
      proxies,
      gate,
      gateUrl: controlUrl,
      gateToken,
      vendorConsole: {
        primary: `${controlUrl}${vendorPath(gateToken, 'primary')}`,
        secondary: `${controlUrl}${vendorPath(gateToken, 'secondary')}`,
      },
      keys,
      router,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How a proxy that this run made is undone: it is deleted, and with it goes whatever was done to it. */
function proxyUndo(
  { kind, control: { url } }: Pick<StagedToxiproxy, 'kind' | 'control'>,
  { name, upstream, address }: { name: string; upstream: string; address: string | null },
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

/** A key that only this run's gate accepts; in the vendor's outer form, because routers are known to check it. */
const gateKey = (role: ProviderRole) => `sk-gameday-${role}-${randomBytes(18).toString('base64url')}`

function gatePorts({ stage: { ports } }: Config) {
  return { primary: ports.primaryGate, secondary: ports.secondaryGate, control: ports.control }
}

const portOf = (listen: string) => listen.slice(listen.lastIndexOf(':') + 1)
