import type { ToxicDirection, ToxicType as ClientToxicType } from 'toxiproxy-node-client'

/** The toxics that every Toxiproxy from 2.1 on knows. "down" is left out: it is no toxic but a disabled proxy. */
type ToxicType = Exclude<ClientToxicType, 'down'>

export interface NewProxy {
  name: string
  /** `host:port`; port 0 lets the kernel choose, and the state that comes back says what it chose. */
  listen: string
  /** `host:port`, not a URL: Toxiproxy accepts anything here and fails only when a client connects. */
  upstream: string
  /** True unless stated. */
  enabled?: boolean
}

export interface NewToxic {
  name: string
  type: ToxicType
  stream: ToxicDirection
  /** Share of connections that are affected, from 0 to 1. */
  toxicity: number
  attributes: Record<string, number>
}

/** A toxic as the server reports it. */
export interface ToxicState {
  name: string
  type: string
  stream: string
  toxicity: number
  attributes: Record<string, number>
}

/** A proxy as the server reports it. While enabled, `listen` is the address it is really bound to. */
export interface ProxyState {
  name: string
  listen: string
  upstream: string
  enabled: boolean
  toxics: ToxicState[]
}
