import { z } from 'zod'
import { FORMAT_IDS } from '../../base/index.ts'

/** What a standing stage says of itself to whoever holds its token. */

const eachRole = <T extends z.ZodType>(of: T) => z.strictObject({ primary: of, secondary: of })

/** As much of a provider's configuration as a drill needs; the rest of it is compared. */
const provider = z.looseObject({
  name: z.string(),
  kind: z.enum(['simulated', 'real']),
  format: z.enum(FORMAT_IDS),
  model: z.string(),
})

export const stageFactsSchema = z.strictObject({
  schema: z.literal('gameday.stage/1'),
  version: z.string(),
  pid: z.number().int(),
  startedAt: z.string(),
  /** The keys that its gates accept, and nobody else. */
  keys: eachRole(z.string()),
  proxies: eachRole(z.strictObject({ name: z.string(), url: z.string() })),
  toxiproxy: z.strictObject({
    kind: z.enum(['embedded', 'external']),
    version: z.string(),
    url: z.string(),
  }),
  providers: eachRole(provider),
})
export type StageFacts = z.infer<typeof stageFactsSchema>
