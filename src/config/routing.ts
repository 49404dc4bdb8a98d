import { z } from 'zod'
import { PROVIDER_ROLES, type Objection } from '../base/index.ts'

/**
 * What takes a request out of the order of the providers: pins, a canary, and limits on what is in flight. In a drill's
 * overrides each of them replaces the one of `gameday.yaml` whole.
 */

/** As long as a router lets the name of a tenant or a feature be. */
const tag = z.string().min(1).max(100)

const pin = z
  .strictObject({
    tenant: tag.exactOptional().describe('Whose requests it holds; everybody’s if left out'),
    feature: tag.exactOptional().describe('Of which feature; of any if left out'),
    provider: z.enum(PROVIDER_ROLES).describe('Who is asked'),
    // Without a default: one who pins for the sake of the law would be hurt by the one, one who wants uptime by the other.
    failover: z.boolean().describe('Whether the other provider may be asked where this one fails'),
  })
  .refine(({ tenant, feature }) => tenant !== undefined || feature !== undefined, {
    error: 'name a tenant, a feature or both: a pin holds some requests, never all',
  })
export type Pin = z.infer<typeof pin>

const weight = z.number().min(0).max(1000)

const canary = z
  .strictObject({
    primary: weight.describe('Weight of the primary, such as 9'),
    secondary: weight.describe('Weight of the secondary, such as 1'),
  })
  .refine(({ primary, secondary }) => primary + secondary > 0, {
    error: 'write a weight above 0 for one of them, such as { primary: 9, secondary: 1 }',
  })

const most = z.int().min(1).max(100_000)

const fields = {
  pins: z.array(pin).describe('Requests held to one provider; the first pin that fits a request holds it'),
  canary: canary.describe(
    'Weights by which some requests ask another provider first, on purpose; no way of failing over',
  ),
  inFlight: z
    .strictObject({
      primary: most.exactOptional().describe('Most requests in flight at the primary'),
      secondary: most.exactOptional().describe('Most requests in flight at the secondary'),
    })
    .describe('Most requests in flight at a provider; the next one is asked when it is full'),
}

export const routingSettings = {
  pins: fields.pins.default([]),
  canary: fields.canary.exactOptional(),
  inFlight: fields.inFlight.default({}),
}

export const routingOverrides = {
  pins: fields.pins.exactOptional(),
  canary: fields.canary.exactOptional(),
  inFlight: fields.inFlight.exactOptional(),
}

/** Objects to pins that no request can ever come to, because one before them holds it already. */
export function pinMisfits(pins: readonly Pin[]): Objection[] {
  return pins.flatMap((pin, index) => {
    const before = pins.slice(0, index).findIndex((other) => holds(other, pin))
    if (before === -1) return []
    return {
      path: ['router', 'pins', index],
      spot: 'value',
      found: `found a pin that never comes to hold anything: router.pins[${before}] holds all of it before`,
      instead: 'write it above that one, or remove it',
    }
  })
}

/** Whether a pin holds requests of this tenant and this feature: all of them, where one of the two is not given. */
export function holds(pin: Pin, tags: { tenant?: string | null; feature?: string | null }): boolean {
  return (['tenant', 'feature'] as const).every((name) => pin[name] === undefined || pin[name] === tags[name])
}
