import type { Encodable } from './json/encode.ts'
import type { Attributes, ToxicKind } from './toxics/toxic.ts'

export const DIRECTIONS = ['upstream', 'downstream'] as const
/** Upstream is from the client to the server behind the proxy, downstream is the way back. */
export type Direction = (typeof DIRECTIONS)[number]

/** Settings as they were given, whole 64-bit numbers, and as they are reported. */
export type Settings = Readonly<Record<string, bigint>>

/** A toxic of a proxy: its kind and its settings. Serves every connection of the proxy; an update replaces its settings. */
export interface Toxic {
  readonly name: string
  readonly kind: ToxicKind
  readonly direction: Direction
  /** The direction as it was written when it was added, in whatever case: it is reported so. */
  readonly stream: string
  /** How many toxics the proxy had been given before it. Names may differ from run to run; this does not. */
  readonly ordinal: number
  /** Share of connections that it affects, from 0 to 1. */
  toxicity: number
  settings: Settings
  /** The settings as its kind reads them. */
  attributes: Attributes
}

/** A toxic as the API reports it, with its keys in the API's order. */
export function describeToxic({ settings, name, kind, stream, toxicity }: Toxic): Encodable {
  return { attributes: settings, name, type: kind.type, stream, toxicity }
}
