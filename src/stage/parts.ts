import { messageOf, type Clock, type ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import { gateControl, type GateControl } from '../providers/index.ts'
import type { ProxyState, ToxiproxyControl } from '../toxiproxy/index.ts'
import { startPart } from './part.ts'
import { stageToxiproxy, type StagedToxiproxy } from './toxiproxy.ts'
import type { GatePartCommand, GatePartData, GatePartReady } from './workers/gate.ts'

/** A proxy in front of a provider's gate. */
export interface StagedProxy {
  name: string
  /** Base URL for clients, ending in `/v1`. */
  url: string
}

/** Everything of a stage but the router, wherever it runs: what stands between a router and its providers. */
export interface StageParts {
  gate: GateControl
  gateUrl: string
  gateToken: string
  /** The keys that the gate knows; real ones never leave it. */
  keys: Record<ProviderRole, string>
  toxiproxy: Pick<StagedToxiproxy, 'kind' | 'version'> & { control: ToxiproxyControl }
  proxies: Record<ProviderRole, StagedProxy>
}

/** A proxy as it is wanted. */
export interface WantedProxy {
  name: string
  /** `host:port` for Toxiproxy to listen on. */
  listen: string
  /** The gate that it leads to, as Toxiproxy reaches it. */
  upstream: string
}

/** How a proxy comes to be, and goes again; going is safe also where coming has failed half way. */
export interface ProxyMaking {
  make: () => Promise<ProxyState>
  unmake: () => Promise<void>
}

export interface PartsOptions {
  config: Config
  realKeys: Partial<Record<ProviderRole, string>>
  keys: Record<ProviderRole, string>
  gateToken: string
  seed: number
  proxyName: (role: ProviderRole) => string
  makeProxy: (wanted: WantedProxy, toxiproxy: StagedToxiproxy) => ProxyMaking
  /** What is under way at the gate gets so long to come to its end when the parts are stopped. */
  graceMs: number
  clock: Clock
  /** Called as soon as the gate can be commanded. What it returns is called before the gate is stopped. */
  onGate?: (gate: GateControl) => Promise<() => void>
  onDeath: (error: Error) => void
}

export interface RunningParts extends StageParts {
  /** Tells the gate what it is a part of. */
  tell(about: object): void
  /** Takes down all that was started, and only that, in reverse order. Returns what could not be. */
  stop: () => Promise<string[]>
}

const CONTROL_TIMEOUT_MS = 5000
/** Past its grace, a gate's worker gets so long to say that it has stopped. */
const STOP_MS = 5000
/** The last bytes of an answer are on their way through a proxy for so long. */
const FLUSH_MS = 100

/** Starts gate, Toxiproxy and proxies in the order in which bytes need them. If one fails, those before it are taken down. */
export async function startParts(options: PartsOptions): Promise<RunningParts> {
  const { config, realKeys, keys, gateToken, seed, graceMs, clock, onDeath } = options
  const releases: { name: string; release(): Promise<void> }[] = []
  const stop = async () => {
    const failures: string[] = []
    for (let last = releases.pop(); last !== undefined; last = releases.pop()) {
      await last.release().catch((error: unknown) => failures.push(`${last.name}: ${messageOf(error)}`))
    }
    return failures
  }

  try {
    const gatePart = await startPart<GatePartData, GatePartReady, never, GatePartCommand, true>({
      name: 'gate',
      data: {
        listen: config.stage.listen,
        ports: gatePorts(config),
        providers: config.providers,
        keys,
        realKeys,
        controlToken: gateToken,
        seed,
        graceMs,
      },
      onEvent: () => undefined,
      onDeath,
    })
    const stopGate = async () => void (await gatePart.stop(graceMs + STOP_MS))
    releases.push({ name: 'gate', release: stopGate })
    const { controlUrl, addresses } = gatePart.ready
    const gate = gateControl({ url: controlUrl, token: gateToken, timeoutMs: CONTROL_TIMEOUT_MS })
    const leave = await options.onGate?.(gate)
    if (leave !== undefined) releases.push({ name: 'ledger', release: async () => leave() })

    const toxiproxy = await stageToxiproxy({ config: config.toxiproxy, stage: config.stage, seed, onDeath })
    releases.push({ name: 'Toxiproxy', release: toxiproxy.stop })

    const makeProxy = async (role: ProviderRole): Promise<StagedProxy> => {
      const name = options.proxyName(role)
      const listen = `${config.toxiproxy.listen}:${config.stage.ports[role === 'primary' ? 'primaryProxy' : 'secondaryProxy']}`
      const upstream = `${config.stage.advertise}:${addresses[role].port}`
      const making = options.makeProxy({ name, listen, upstream }, toxiproxy)
      // From here on it may be there, even if the server's answer never comes.
      releases.push({ name: `proxy ${name}`, release: making.unmake })
      const proxy = await making.make()
      return { name, url: `http://${config.toxiproxy.reach}:${portOf(proxy.listen)}/v1` }
    }
    const proxies = { primary: await makeProxy('primary'), secondary: await makeProxy('secondary') }
    // Answers come to their end while there are still proxies that they can go through.
    if (graceMs > 0)
      releases.push({ name: 'gate', release: () => stopGate().then(() => clock.sleep(FLUSH_MS)) })
    return {
      gate,
      gateUrl: controlUrl,
      gateToken,
      keys,
      toxiproxy,
      proxies,
      tell: (about) => gatePart.send({ type: 'tell', about }),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function gatePorts({ stage: { ports } }: Config) {
  return { primary: ports.primaryGate, secondary: ports.secondaryGate, control: ports.control }
}

/** The port of a `host:port`. */
export const portOf = (listen: string) => listen.slice(listen.lastIndexOf(':') + 1)
