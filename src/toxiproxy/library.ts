import { systemClock } from '../base/index.ts'
import { startToxiproxyServer } from './server/server.ts'

/** A proxy to start with, as `POST /populate` takes it. */
export interface NewProxy {
  name: string
  /** `host:port`; port 0 lets the kernel choose. Left out: every address, and a port of the kernel's choice. */
  listen?: string
  /** `host:port` of what is proxied. */
  upstream: string
  /** True unless stated. */
  enabled?: boolean
}

export interface ToxiproxyOptions {
  /** Address or name that the API listens on; 127.0.0.1 unless stated. */
  host?: string
  /** Port of the API; 0, which is the default, lets the kernel choose. */
  port?: number
  /** What toxicity, jitter and the slicer draw from: the same seed hits the same connections. 1 unless stated. */
  seed?: number
  /** Proxies to start with. */
  proxies?: readonly NewProxy[]
  /** What `GET /version` says; `2.12.0` unless stated. */
  version?: string
  /** Told of faults of the server itself, which then goes on; a warning of the process unless stated. */
  onFault?: (error: Error) => void
}

/** A Toxiproxy server that runs. */
export interface Toxiproxy {
  /** Base URL of the API: what any Toxiproxy client is given. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Closes the API, every proxy and every connection. May be called twice. */
  stop(): Promise<void>
}

/**
 * Starts a Toxiproxy server in this process. `docs/toxiproxy.md` says what it does and where it differs from the original.
 * Rejects with an error whose `code` is `PORT_TAKEN`, `ADDRESS_UNUSABLE` or `PROXIES_REFUSED`; then nothing listens.
 */
export async function start(options: ToxiproxyOptions = {}): Promise<Toxiproxy> {
  const { host = '127.0.0.1', port = 0, seed = 1, proxies = [], ...rest } = options
  return startToxiproxyServer({
    ...rest,
    host,
    port,
    seed,
    population: JSON.stringify(proxies),
    clock: systemClock,
  })
}
