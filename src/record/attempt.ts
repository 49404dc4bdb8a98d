import { z } from 'zod'
import { FAILURE_CLASSES, LANES, PROVIDER_ROLES } from '../base/index.ts'

/**
 * One attempt as the gate in front of a provider saw it: a line of `attempts.ndjson`.
 *
 * Times are milliseconds from the drill's start in the file, and absolute monotonic milliseconds (base/clock.ts) on the
 * gate's own wire, because a gate may outlive drills; the recorder converts.
 */
export const attemptSchema = z
  .strictObject({
    requestId: z.string().nullable().describe('Request id from the marker; null for traffic without one'),
    runTag: z.string().nullable().describe('Which run the marker belongs to; null for traffic without one'),
    lane: z.enum(LANES).nullable().describe('Read from the request id; null for traffic without a marker'),
    tag: z.string().describe('Put into the answer, so that its receiver can be told: the id of the answer'),
    provider: z.enum(PROVIDER_ROLES),
    key: z.string().describe('The gate-local key it came with, masked'),
    model: z.string().nullable(),
    startMs: z.number(),
    firstByteMs: z
      .number()
      .nullable()
      .describe('When the gate wrote its first byte of the answer’s body; null if never'),
    endMs: z.number().nullable().describe('When the gate had written it all, or the caller had hung up'),
    status: z
      .number()
      .int()
      .nullable()
      .describe('HTTP status the gate answered with; null if it never answered'),
    failure: z
      .enum(FAILURE_CLASSES)
      .nullable()
      .describe('What the gate’s answer amounts to; null if it was a good one'),
    code: z.string().nullable().describe('Error code or type in the answer, such as invalid_api_key'),
    fault: z.string().nullable().describe('Id of the gate fault that shaped the answer; null if none did'),
    inputTokens: z.number().int().nullable(),
    outputTokens: z.number().int().nullable(),
    cacheReadTokens: z
      .number()
      .int()
      .exactOptional()
      .describe('Of the input tokens, those read from the provider’s prompt cache; absent if none were'),
    cacheWriteTokens: z.number().int().exactOptional().describe('Those written to it'),
    cacheWrite1hTokens: z.number().int().exactOptional().describe('Of the written ones, those kept an hour'),
    costUsd: z.number().nullable().describe('Billed cost; null when the price of the model is unknown'),
    hungUp: z.boolean().describe('Whether the caller went away before the end'),
  })
  .meta({ id: 'gameday.attempt/1', title: 'gameday attempt' })

export type Attempt = z.infer<typeof attemptSchema>
