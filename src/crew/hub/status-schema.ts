import { z } from 'zod'
import { CREW_ROLES, PHASE_KINDS, FAULT_TARGETS } from '../../base/index.ts'
import type { LiveStatus } from '../crew.ts'
import type { OpenQuestion } from '../question.ts'

/** What the desk tells of a drill, as it travels over the socket. */

const ms = z.number().nullable()
const quantity = z.union([z.number(), z.literal('inf')])
const kind = z.enum(PHASE_KINDS)

export const statusSchema = z.strictObject({
  atMs: z.number(),
  totalMs: z.number(),
  phase: z.strictObject({
    name: z.string(),
    kind,
    index: z.number(),
    count: z.number(),
    lengthMs: z.number(),
    leftMs: z.number(),
  }),
  next: z.strictObject({ name: z.string(), kind, atMs: z.number() }).nullable(),
  stopping: z.boolean(),
  load: z
    .strictObject({
      perSecond: z.number(),
      n: z.number(),
      success: z.number().nullable(),
      p95Ms: quantity.nullable(),
      servedBy: z.strictObject({ primary: z.number(), secondary: z.number(), cache: z.number() }),
    })
    .nullable(),
  lastMinute: z
    .strictObject({ success: z.array(z.number().nullable()), p95Ms: z.array(quantity.nullable()) })
    .nullable(),
  limits: z.strictObject({ success: z.number(), p95Ms: z.number() }),
  fault: z
    .strictObject({
      number: z.number(),
      count: z.number(),
      kind: z.string().nullable(),
      target: z.enum(FAULT_TARGETS),
      proven: z.boolean(),
      sinceMs: z.number(),
      capMs: z.number(),
      beside: z
        .strictObject({ kind: z.string(), target: z.enum(FAULT_TARGETS), proven: z.boolean() })
        .exactOptional(),
    })
    .nullable(),
  clocks: z.strictObject({ detectMs: ms, switchMs: ms, stableMs: ms, taxMs: ms }).nullable(),
  withoutRouter: z.strictObject({ requests: z.number(), ok: z.number() }).nullable(),
  budget: z.strictObject({
    allowed: z.number(),
    spentBefore: z.number().nullable(),
    fourHours: z.number().nullable(),
  }),
  money: z.strictObject({ spentUsd: z.number(), capUsd: z.number() }).nullable(),
  sentTotal: z.number(),
  failedTotal: z.number(),
}) satisfies z.ZodType<LiveStatus>

export const questionSchema = z.strictObject({
  gate: z.string(),
  role: z.enum(CREW_ROLES),
  kind: z.enum(['choice', 'typed', 'text']),
  text: z.string(),
  options: z.array(z.string()).readonly(),
  hint: z.string(),
  default: z.string().nullable(),
  deadlineMs: z.number(),
}) satisfies z.ZodType<OpenQuestion>
