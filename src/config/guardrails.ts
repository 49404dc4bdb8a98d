import { z } from 'zod'
import { money } from '../base/index.ts'

/**
 * The router's limits on tokens and money. In a drill's overrides each field replaces the one of `gameday.yaml` whole.
 */

const tokens = z.int().min(1).max(10_000_000)

const most = {
  tokensIn: tokens.exactOptional().describe('Most tokens of the question, estimated'),
  tokensOut: tokens.exactOptional().describe('Most tokens of the answer; written into the request'),
  cost: money().exactOptional().describe('Most US dollars for one request, all its attempts together'),
}
const day = money().describe('Most US dollars in a day (UTC)')

/** What the router may do about a request that is over a limit. */
const DEGRADATIONS = ['truncate', 'cheaper-model', 'cached', 'refuse'] as const
export type Degradation = (typeof DEGRADATIONS)[number]

const fields = {
  request: z.strictObject(most).describe('Limits of every request'),
  tenants: z
    .record(z.string().min(1).max(200), z.strictObject({ ...most, day: day.exactOptional() }))
    .describe('Further limits of a tenant’s requests, by its name'),
  features: z
    .record(z.string().min(1).max(200), z.strictObject(most))
    .describe('Further limits of a feature’s requests, by its name'),
  day: day.exactOptional().describe('Budget for a day of a tenant that has none of its own'),
  degrade: z
    .array(z.enum(DEGRADATIONS))
    .refine((steps) => new Set(steps).size === steps.length, { error: 'name each step once' })
    .refine((steps) => steps.indexOf('refuse') === -1 || steps.at(-1) === 'refuse', {
      error: 'write refuse last: nothing comes after it',
    })
    .describe('What is tried with a request over a limit, in this order; it is refused when nothing helps'),
  assumeTokensOut: tokens.describe(
    'Tokens of the answer to reckon with where neither request nor limit says',
  ),
  unknownPrice: z
    .enum(['refuse', 'allow'])
    .describe('What becomes of a request that has a limit in dollars, where the price is unknown'),
}

export const guardrailsSchema = z.strictObject({
  request: fields.request.default({}),
  tenants: fields.tenants.default({}),
  features: fields.features.default({}),
  day: fields.day,
  degrade: fields.degrade.default(['truncate', 'cheaper-model', 'cached', 'refuse']),
  assumeTokensOut: fields.assumeTokensOut.default(1000),
  unknownPrice: fields.unknownPrice.default('refuse'),
})
export type GuardrailsConfig = z.infer<typeof guardrailsSchema>

export const guardrailsOverridesSchema = z.strictObject({
  request: fields.request.exactOptional(),
  tenants: fields.tenants.exactOptional(),
  features: fields.features.exactOptional(),
  day: fields.day,
  degrade: fields.degrade.exactOptional(),
  assumeTokensOut: fields.assumeTokensOut.exactOptional(),
  unknownPrice: fields.unknownPrice.exactOptional(),
})
