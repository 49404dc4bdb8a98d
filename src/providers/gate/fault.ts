import type { Clock, ProviderRole, Random } from '../../base/index.ts'
import type { KeyStore } from './keys.ts'
import type { Slowness } from './slowness.ts'

/** What a fault of the gate may touch. */
export interface FaultPlace {
  id: string
  provider: ProviderRole
  keys: KeyStore
  slowness: Slowness
  clock: Clock
  /** Seeded by the fault's id, so that a drill repeats itself. */
  random: Random
}

/** Puts a fault in force and returns what ends it. */
export type ApplyFault<Spec> = (spec: Spec, place: FaultPlace) => () => void
