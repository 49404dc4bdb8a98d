import { Pool, type Dispatcher } from 'undici'
import type { RouterConfig } from '../config/index.ts'
import { formatOf, type WireFormat } from '../wire/index.ts'
import { Circuit } from './circuit.ts'
import { InFlight } from './in-flight.ts'
import { Shared } from './shared.ts'
import { newStanding, noteCircuit, type Standing } from './standing.ts'
import type { RouterOptions, RouterSettings, RouterTarget } from './types.ts'

/** A target as the router keeps it: all that is the same for every request is worked out once. */
export interface Target {
  config: RouterTarget
  format: WireFormat
  circuit: Circuit
  inFlight: InFlight
  standing: Standing
  dispatcher: Dispatcher
  /** Its own connections, where no dispatcher was given. */
  pool: OwnPool | null
  origin: string
  /** Path of `baseUrl` without a slash at its end. */
  basePath: string
  /** The headers of every routed question; `identity`, because a packed answer could not be judged as it passes. */
  headers: readonly string[]
  /** What its prompt cache is asked to keep. */
  promptCache: RouterConfig['promptCache']
  /** The key, as the header that carries it. */
  keyHeader: readonly string[]
}

interface OwnPool {
  shared: Shared<Pool>
  connectTimeout: number
}

/**
 * Prepares the targets, each with its circuit and, unless a dispatcher is given, a pool of connections of its own. One
 * that is in `before` already, at the same address with the same key, keeps its circuit and its connections.
 */
export function prepareTargets(
  { config, targets }: Pick<RouterSettings, 'config' | 'targets'>,
  options: Pick<RouterOptions, 'onEvent' | 'dispatcher' | 'clock'>,
  before: readonly Target[] = [],
): Target[] {
  const prepared = targets.map((target) => {
    const url = new URL(target.baseUrl)
    const format = formatOf(target.format)
    const keyHeader = [format.keyHeader.name, format.keyHeader.prefix + target.key]
    const same = before.find((one) => isSame(one.config, target))
    const pool = options.dispatcher === undefined ? poolFor(url, config.timeouts.headers, same) : null
    return {
      config: target,
      format,
      ...knownOf(target, config.circuit, options, same),
      dispatcher: pool?.shared.value ?? options.dispatcher!,
      pool,
      origin: url.origin,
      basePath: url.pathname.replace(/\/+$/, ''),
      headers: [...keyHeader, 'content-type', 'application/json', 'accept-encoding', 'identity'],
      keyHeader,
      promptCache: format.withBreakpoints === null ? 'off' : config.promptCache,
    }
  })
  for (const { standing } of before) standing.retired = !prepared.some((one) => one.standing === standing)
  return prepared
}

/** Whether two descriptions mean the same account at the same place: what a circuit has learnt of one holds for the other. */
function isSame(one: RouterTarget, other: RouterTarget): boolean {
  return (['role', 'format', 'baseUrl', 'key'] as const).every((name) => one[name] === other[name])
}

function knownOf(
  { role }: RouterTarget,
  limits: RouterSettings['config']['circuit'],
  { onEvent, clock }: Pick<RouterOptions, 'onEvent' | 'clock'>,
  same: Target | undefined,
): Pick<Target, 'circuit' | 'standing' | 'inFlight'> {
  if (same !== undefined) {
    const { circuit, standing, inFlight } = same
    circuit.limits = limits
    return { circuit, standing, inFlight }
  }
  const standing = newStanding(clock)
  const circuit = new Circuit(limits, (change, atMs) => {
    noteCircuit(standing, change, clock)
    const { state, reason, class: failureClass } = change
    if (!standing.retired)
      onEvent({ type: 'circuit', atMs, provider: role, state, reason, class: failureClass })
  })
  return { circuit, standing, inFlight: new InFlight() }
}

function poolFor({ origin }: URL, connectTimeout: number, same: Target | undefined): OwnPool {
  if (same?.pool?.connectTimeout === connectTimeout) return same.pool
  // The router's own clocks replace undici's; only connecting keeps one, to give up sockets nobody waits for.
  const pool = new Pool(origin, { connectTimeout, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 })
  return { shared: new Shared(pool, () => pool.destroy()), connectTimeout }
}
