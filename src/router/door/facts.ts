import { z } from 'zod'
import { PROVIDER_ROLES } from '../../base/index.ts'

/** What a router that serves says of itself in a file, for as long as it does. */
export const doorFactsSchema = z.strictObject({
  id: z.string(),
  url: z.string(),
  /** The configuration file, as people write it. */
  config: z.string(),
  startedAt: z.string(),
  socket: z.string(),
})
export type DoorFacts = z.infer<typeof doorFactsSchema>

/** What is asked of a router's bypass. */
export const bypassWishSchema = z.strictObject({ to: z.enum(PROVIDER_ROLES).nullable() })
export type BypassWish = z.infer<typeof bypassWishSchema>

/** What a router answers; another version may say more. */
export const bypassStandingSchema = z.object({
  state: z.enum(['routing', 'bypassed', 'draining']),
  bypass: z.object({ to: z.enum(PROVIDER_ROLES), since: z.string() }).nullable(),
  inFlight: z.number(),
})
export type BypassStanding = z.infer<typeof bypassStandingSchema>

/** Why it does not do what was asked. */
export const doorRefusalSchema = z.object({ message: z.string() })

/** Where the bypass is read (GET) and set (PUT). */
export const BYPASS_PATH = '/bypass'
