import { z } from 'zod'
import { FAILURE_CLASSES, LANES, OUTCOMES, PROVIDER_ROLES } from '../base/index.ts'

const ms = (what: string) =>
  z.number().nullable().describe(`${what}, in milliseconds from the drill's start; null if it never came`)

/** One request as its caller saw it: a line of `samples.ndjson`. */
export const sampleSchema = z
  .strictObject({
    id: z.string().describe('Request id, unique in the run; the marker in the prompt carries it'),
    lane: z
      .enum(LANES)
      .describe('main: through the router; control: straight to the primary, outside all objectives'),
    phase: z.string().describe('Name of the phase in which the request was meant to start'),
    tenant: z.string(),
    feature: z.string(),
    model: z.string(),
    stream: z.boolean(),
    intendedMs: z
      .number()
      .describe("When the schedule meant it to start, in milliseconds from the drill's start"),
    startedMs: ms('When it was sent'),
    headersMs: ms('When the answer’s headers arrived'),
    firstTokenMs: ms('When the first non-empty content arrived'),
    endMs: ms('When the answer was complete, or had failed'),
    outcome: z.enum(OUTCOMES),
    class: z.enum(FAILURE_CLASSES).nullable().describe('Why it failed; null for ok and dropped'),
    status: z.number().int().nullable().describe('HTTP status; null if no headers arrived'),
    tag: z
      .string()
      .nullable()
      .describe('Tag of the attempt whose answer the client received, read from the answer'),
    claimedBy: z.string().nullable().describe("Who the router's own headers say served: a cross-check only"),
    servedBy: z
      .enum([...PROVIDER_ROLES, 'cache'])
      .nullable()
      .describe('Who served, by the tag; null if unmatched or not ok'),
    attempts: z.number().int().nullable().describe('Attempts the gates saw for this request'),
    inputTokens: z.number().int().nullable(),
    outputTokens: z.number().int().nullable(),
    costUsd: z
      .number()
      .nullable()
      .describe('Billed cost of all its attempts, abandoned ones included; null if unknown'),
    missingMarker: z
      .boolean()
      .describe('A finish reason came but the terminal marker ([DONE], message_stop) did not'),
  })
  .meta({ id: 'gameday.sample/1', title: 'gameday sample' })

export type Sample = z.infer<typeof sampleSchema>
