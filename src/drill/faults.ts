import { z } from 'zod'
import { duration, percent } from '../base/index.ts'

/** The faults a `break` phase may name, each with its parameters. What they do on the wire is the room `faults/`. */

const kind = <K extends string>(name: K) => z.literal(name).describe('What is broken')

const revokeKey = z.strictObject({
  kind: kind('revoke-key'),
  shape: z
    .enum(['invalid-api-key', 'account-deactivated', 'insufficient-quota', 'organization-disabled'])
    .default('invalid-api-key')
    .describe('How the vendor answers: 401, 401, 429, or the 400 that looks like the caller’s fault'),
  spreadOver: duration({ most: 3_600_000 })
    .prefault('0s')
    .describe('Refuse a growing share of requests until all are refused after this time'),
})

const slowFirstToken = z.strictObject({
  kind: kind('slow-first-token'),
  delay: duration({ least: 1, most: 600_000 }).describe('Added before the first token'),
  share: percent({ least: 0.01 }).prefault('100%').describe('Share of requests'),
})

const latency = z.strictObject({
  kind: kind('latency'),
  latency: duration({ least: 1, most: 600_000 }).describe(
    'Added to every piece of the answer on its way back',
  ),
  jitter: duration({ most: 600_000 })
    .prefault('0s')
    .describe('The latency varies by at most this, up and down'),
})

const refused = z.strictObject({ kind: kind('refused') })

export const faultSchema = z.discriminatedUnion('kind', [revokeKey, slowFirstToken, latency, refused])
export type FaultSpec = z.infer<typeof faultSchema>
export type FaultKind = FaultSpec['kind']

/** All kinds of faults, as a drill file names them. */
export const FAULT_KINDS: readonly FaultKind[] = faultSchema.options.map(({ shape }) => shape.kind.value)
export type FaultOf<K extends FaultKind> = Extract<FaultSpec, { kind: K }>
