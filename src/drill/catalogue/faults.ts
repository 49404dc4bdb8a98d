import { z } from 'zod'
import type { FaultTarget } from '../../base/index.ts'
import { networkFaults, networkStories } from './network.ts'
import { ourFaults, ourStories } from './ourselves.ts'
import type { FaultStory, TellFault } from './parts.ts'
import { providerFaults, providerStories } from './provider.ts'

/** The faults that a `break` phase may name, each with its parameters. What they do on the wire is the room `faults/`. */
export const faultSchema = z.discriminatedUnion('kind', [...providerFaults, ...networkFaults, ...ourFaults])
export type FaultSpec = z.infer<typeof faultSchema>
export type FaultKind = FaultSpec['kind']
export type FaultOf<K extends FaultKind> = Extract<FaultSpec, { kind: K }>

/** All kinds of faults, as a drill file names them. */
export const FAULT_KINDS: readonly FaultKind[] = faultSchema.options.map(({ shape }) => shape.kind.value)

const STORIES: { [K in FaultKind]: TellFault<FaultOf<K>> } = {
  ...networkStories,
  ...providerStories,
  ...ourStories,
}

/** The tenant whose requests alone a fault hits; null where it hits everybody's. */
export const tenantOf = (fault: FaultSpec): string | null =>
  'tenant' in fault ? (fault.tenant ?? null) : null

/** Tells a fault as people would be told of it. */
export function describeFault<K extends FaultKind>(
  fault: FaultOf<K> & FaultSpec,
  target: FaultTarget,
): FaultStory {
  const tell: TellFault<FaultOf<K>> = STORIES[fault.kind as K]
  const { does, undo } = tell(fault, target)
  const tenant = tenantOf(fault)
  return { does: tenant === null ? does : `for requests of the tenant ${tenant} alone, ${does}`, undo }
}
