import type { z } from 'zod'
import { answerFaults, answerStories } from './network-answers.ts'
import { connectionFaults, connectionStories } from './network-connections.ts'
import type { TellFault } from './parts.ts'

/** The faults of the way to a provider, which Toxiproxy makes. */
export const networkFaults = [...connectionFaults, ...answerFaults] as const
export type NetworkFaultSpec = z.infer<(typeof networkFaults)[number]>

export const networkStories: {
  [K in NetworkFaultSpec['kind']]: TellFault<Extract<NetworkFaultSpec, { kind: K }>>
} = { ...connectionStories, ...answerStories }
