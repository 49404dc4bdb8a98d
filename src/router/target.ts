import { Pool, type Dispatcher } from 'undici'
import { formatOf, type WireFormat } from '../wire/index.ts'
import { Circuit } from './circuit.ts'
import { InFlight } from './in-flight.ts'
import type { RouterOptions, RouterTarget } from './types.ts'

/** A target as the router keeps it: all that is the same for every request is worked out once. */
export interface Target {
  config: RouterTarget
  format: WireFormat
  circuit: Circuit
  inFlight: InFlight
  dispatcher: Dispatcher
  origin: string
  /** Path of `baseUrl` without a slash at its end. */
  basePath: string
  /** The headers of every routed question; `identity`, because a packed answer could not be judged as it passes. */
  headers: readonly string[]
  /** The key, as the header that carries it. */
  keyHeader: readonly string[]
}

/** Prepares the targets, each with its circuit and, unless a dispatcher is given, a pool of connections of its own. */
export function prepareTargets({ config, targets, onEvent, dispatcher }: RouterOptions): Target[] {
  return targets.map((target) => {
    const url = new URL(target.baseUrl)
    const format = formatOf(target.format)
    const keyHeader = [format.keyHeader.name, format.keyHeader.prefix + target.key]
    const circuit = new Circuit(config.circuit, ({ state, reason, class: failureClass }, atMs) =>
      onEvent({ type: 'circuit', atMs, provider: target.role, state, reason, class: failureClass }),
    )
    return {
      config: target,
      format,
      circuit,
      inFlight: new InFlight(),
      // The router's own clocks replace undici's; only connecting keeps one, to give up sockets nobody waits for.
      dispatcher:
        dispatcher ??
        new Pool(url.origin, {
          connectTimeout: config.timeouts.headers,
          headersTimeout: 0,
          bodyTimeout: 0,
          pipelining: 1,
        }),
      origin: url.origin,
      basePath: url.pathname.replace(/\/+$/, ''),
      headers: [...keyHeader, 'content-type', 'application/json', 'accept-encoding', 'identity'],
      keyHeader,
    }
  })
}
