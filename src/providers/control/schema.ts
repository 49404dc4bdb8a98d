import { z } from 'zod'
import { PROVIDER_ROLES } from '../../base/index.ts'
import { providerFaultAsRead, REVOCATION_SHAPES } from '../../drill/index.ts'
import type { GateFault, GateFaultRequest, GateState } from '../types.ts'

/** What crosses the control endpoint. Durations are milliseconds, shares are 0 to 1. */

const DAY_MS = 86_400_000
const requested = {
  provider: z.enum(PROVIDER_ROLES),
  fault: providerFaultAsRead,
  capMs: z.number().positive().max(DAY_MS),
}

/** The body of `PUT /faults/:id`. */
export const faultBodySchema: z.ZodType<Omit<GateFaultRequest, 'id'>> = z.strictObject(requested)

/** What may name a fault. */
export const faultIdSchema = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/)

export const faultSchema: z.ZodType<GateFault> = z.strictObject({
  id: faultIdSchema,
  ...requested,
  appliedAtMs: z.number(),
  endsAtMs: z.number(),
})

const providerState = z.strictObject({
  name: z.string(),
  kind: z.enum(['simulated', 'real']),
  model: z.string(),
  key: z.strictObject({
    masked: z.string(),
    state: z.enum(['active', 'spreading', 'revoked']),
    shape: z.enum(REVOCATION_SHAPES).nullable(),
  }),
})

export const stateSchema: z.ZodType<GateState> = z.strictObject({
  providers: z.strictObject({ primary: providerState, secondary: providerState }),
  faults: z.array(faultSchema),
  endedAtCap: z.array(faultSchema),
})

export const aboutSchema = z.strictObject({ nowMs: z.number(), about: z.unknown() })

/** Writes what is wrong with a body, one clause for each mistake. */
export function mistakesOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ')
}
