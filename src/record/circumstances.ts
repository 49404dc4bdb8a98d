import { z } from 'zod'
import { PROVIDER_ROLES } from '../base/index.ts'

/** What the first line of the journal and the result both say about a run: which drill, whose parts, what was demanded. */

const role = z.enum(PROVIDER_ROLES)

export const drillSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  file: z.string(),
  sha256: z.string(),
  claim: z.enum(['slo', 'behaviour']),
  hypothesis: z.string(),
})

export const environmentSchema = z.strictObject({
  router: z.strictObject({
    kind: z.enum(['embedded', 'external']),
    url: z.string(),
    bypass: role
      .exactOptional()
      .describe('Who got everything, past the router’s judgement; absent in an ordinary drill'),
  }),
  toxiproxy: z.strictObject({
    kind: z.enum(['embedded', 'external']),
    version: z.string(),
    url: z.string(),
  }),
  providers: z.array(
    z.strictObject({
      role,
      name: z.string(),
      format: z.string(),
      kind: z.enum(['simulated', 'real']),
      model: z.string(),
    }),
  ),
})

export const targetsSchema = z
  .strictObject({ failoverMs: z.number(), failbackMs: z.number(), taxMs: z.number() })
  .describe('What the drill demands of every failover, in milliseconds')
