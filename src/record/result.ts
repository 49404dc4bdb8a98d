import { z } from 'zod'
import {
  ALERT_IDS,
  CREW_ROLES,
  DEBRIEF_QUESTIONS,
  PHASE_KINDS,
  FAULT_TARGETS,
  VERDICTS,
} from '../base/index.ts'
import {
  beforeSchema,
  drillSchema,
  environmentSchema,
  peopleClocksSchema,
  peopleSchema,
  targetsSchema,
} from './circumstances.ts'

/** A number that may be infinite: a percentile among failures, or the open end of an interval. */
export const quantitySchema = z.union([z.number(), z.literal('inf')])
export type Quantity = z.infer<typeof quantitySchema>

const nullableMs = z.number().nullable()
const target = z.enum(FAULT_TARGETS)

export const objectiveResultSchema = z.strictObject({
  id: z.enum(['success', 'p95', 'cost']),
  target: z.number().describe('Ratio, milliseconds or US dollars'),
  observed: quantitySchema.nullable(),
  interval: z
    .tuple([quantitySchema, quantitySchema])
    .nullable()
    .describe('Two-sided 95 %; null where none can be given'),
  n: z.number().int(),
  verdict: z.enum(['met', 'missed', 'inconclusive']),
})
export type ObjectiveResult = z.infer<typeof objectiveResultSchema>

const servedBySchema = z.strictObject({
  primary: z.number().int(),
  secondary: z.number().int(),
  cache: z.number().int(),
})

const withoutRouterSchema = z.strictObject({
  requests: z.number().int(),
  ok: z.number().int(),
  p95Ms: quantitySchema.nullable(),
})

export const phaseResultSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(PHASE_KINDS),
  startMs: z.number(),
  endMs: z.number(),
  requests: z.number().int(),
  ok: z.number().int(),
  failed: z.number().int(),
  failures: z.record(z.string(), z.number().int()),
  successRate: z.number().nullable(),
  p50Ms: quantitySchema.nullable(),
  p95Ms: quantitySchema.nullable().describe('Over all requests, failures infinite'),
  p95OkMs: quantitySchema.nullable().describe('Over successes'),
  p99Ms: quantitySchema.nullable(),
  servedBy: servedBySchema,
  costUsd: z.number().nullable(),
})
export type PhaseResult = z.infer<typeof phaseResultSchema>

export const tenantResultSchema = z.strictObject({
  tenant: z.string(),
  struck: z.boolean().describe('Whether the fault can hit this tenant’s requests'),
  objectives: z.array(objectiveResultSchema).describe('Over this tenant’s requests of the outage'),
  failedRequests: z.number().int(),
  servedBy: servedBySchema.describe('Who served those meant while the fault was in force'),
  withoutRouter: withoutRouterSchema,
})
export type TenantResult = z.infer<typeof tenantResultSchema>

export const faultResultSchema = z.strictObject({
  kind: z.string(),
  target,
  parameters: z.record(z.string(), z.unknown()),
  beside: z
    .number()
    .int()
    .exactOptional()
    .describe(
      'Index of the fault of the other provider in the same phase; the outage of both is the primary’s',
    ),
  byHand: z
    .strictObject({
      askedMs: z.number(),
      lastAcceptedMs: nullableMs,
      firstRefusedMs: nullableMs,
      restoreAskedMs: nullableMs,
      restoredMs: nullableMs,
    })
    .exactOptional()
    .describe('What a hand did in the vendor’s console, and when a question with the key showed it'),
  skipped: z.string().nullable().describe('Why it was never applied; null if it was'),
  requestedMs: nullableMs,
  inForceMs: nullableMs,
  provenMs: nullableMs,
  proof: z.string().nullable(),
  proofEvidence: z.array(z.string()),
  revertedMs: nullableMs,
  goneMs: nullableMs,
  goneProof: z.string().nullable(),
  outageEndMs: nullableMs.describe(
    'The later of proven gone and stable failback, or the end of the restore phase',
  ),
  uncertaintyMs: nullableMs,
  objectives: z.array(objectiveResultSchema),
  tenants: z
    .array(tenantResultSchema)
    .exactOptional()
    .describe(
      'By tenant, where the load has several; where the fault is held to one, each of them is judged',
    ),
  withoutRouter: withoutRouterSchema.describe('Of a fault that is held to a tenant, that tenant’s requests'),
  detectMs: nullableMs,
  detectSource: z.enum(['attempt', 'arrival-elsewhere', 'client-failure']).nullable(),
  tripMs: nullableMs,
  switchMs: nullableMs,
  stableMs: nullableMs,
  lastFailureMs: nullableMs,
  failbackMs: nullableMs,
  blipMs: nullableMs,
  failedRequests: z.number().int(),
  slowRequests: z.number().int(),
  taxMs: nullableMs,
  probes: z.number().int().describe('Attempts at the faulted target after the trip'),
  flaps: z.number().int().describe('Changes of the serving provider after the switch and before the revert'),
  inFlight: z.number().int().describe('Requests under way when the fault came into force'),
  cutByRevert: z
    .strictObject({
      requests: z.number().int(),
      samples: z.array(z.string()).describe('Ids of the first of them, at most twenty'),
    })
    .exactOptional()
    .describe(
      'Only where undoing the fault cuts connections: requests that this cut. They are the tool’s doing and count nowhere',
    ),
  failedSamples: z.array(z.string()).describe('Ids of the first failed requests, at most twenty'),
  slowSamples: z.array(z.string()).describe('Ids of the first slow requests, at most twenty'),
  notReached: z.record(z.string(), z.number()).describe('Clock name to the milliseconds waited for it'),
  notObservable: z.record(z.string(), z.string()).describe('Clock name to the reason'),
})
export type FaultResult = z.infer<typeof faultResultSchema>

export const findingSchema = z.strictObject({
  id: z.string(),
  key: z.string().describe('Its rule, numbered where there are several: the same from one drill to the next'),
  rule: z.string(),
  severity: z.enum(['critical', 'major', 'minor', 'info']),
  title: z.string(),
  evidence: z
    .array(z.string())
    .describe('Ids of journal lines (j…), samples (m…, c…), attempts (tags) or notes (n…)'),
  recommendation: z.string(),
  owner: z.string().nullable(),
  due: z.string().nullable(),
  whyNot: z.string().nullable().describe('Why nobody does anything about it, as said in the debrief'),
  retest: z.string().describe('ISO date, one quarter on'),
})
export type Finding = z.infer<typeof findingSchema>

export const classResultSchema = z.strictObject({
  class: z.string().describe('tenant / feature / stream or plain'),
  requests: z.number().int(),
  ok: z.number().int(),
  successRate: z.number().nullable(),
  p50Ms: quantitySchema.nullable(),
  p95Ms: quantitySchema.nullable(),
  firstTokenP95Ms: quantitySchema.nullable(),
  costUsd: z.number().nullable(),
})

export type ClassResult = z.infer<typeof classResultSchema>

export const resultSchema = z
  .strictObject({
    schema: z.literal('gameday.result/1'),
    drill: drillSchema,
    run: z.strictObject({
      id: z.string(),
      startedAt: z.string(),
      endedAt: z.string().nullable().describe('null when the run was killed'),
      mode: z.enum(['unattended', 'attended']),
      attended: z.boolean(),
      durationMs: z.number(),
      seed: z.number().int(),
      command: z.string(),
      versions: z.record(z.string(), z.string()),
      people: peopleSchema.nullable().describe('Who held which role; null where nobody did'),
      joined: z
        .array(z.string())
        .describe('Who joined from a terminal of their own, once each, in the order in which they came'),
      blind: z.boolean().describe('Whether the faults were drawn by seed and hidden'),
    }),
    environment: environmentSchema,
    verdict: z.enum(VERDICTS).nullable().describe('null when gameday itself failed'),
    exitCode: z.number().int(),
    decidedBy: z.string().describe('The rule that decided, and its evidence'),
    objectives: z.array(objectiveResultSchema).describe('Over the union of all outages'),
    targets: targetsSchema,
    errorBudget: z.strictObject({
      windowDays: z.number(),
      requests: z.number(),
      allowed: z.number(),
      spentBefore: z.number().nullable(),
      spentFrom: z
        .enum(['log', 'config'])
        .nullable()
        .describe('Who says so: the request log, or gameday.yaml; null where nobody does'),
      failureRatio: z.number().nullable().describe('Worst outage'),
      outageMs: z.number().nullable(),
      trafficPerSecond: z.number(),
      wouldHaveSpent: z.number().nullable(),
      fourHoursWouldSpend: z.number().nullable(),
      spentByDrill: z.number(),
      remaining: z.number().nullable(),
      burnRate: z.number().nullable(),
      hoursToExhaust: quantitySchema.nullable(),
      freeze: z.boolean(),
      despiteFreeze: z.string().nullable(),
    }),
    phases: z.array(phaseResultSchema),
    classes: z.array(classResultSchema),
    faults: z.array(faultResultSchema),
    people: peopleClocksSchema,
    alerts: z.array(
      z.strictObject({
        rule: z.enum(ALERT_IDS),
        what: z.string().describe('What it watches, in words'),
        windowMs: z.number().describe('For how long it has to be so, scaled with the agenda'),
        expected: z
          .boolean()
          .nullable()
          .describe('Whether it had to fire; null where the drill does not say'),
        firedMs: nullableMs,
        resolvedMs: nullableMs,
        detail: z.string().describe('What it saw when it fired; else what it saw last'),
      }),
    ),
    findings: z.array(findingSchema),
    notes: z.array(
      z.strictObject({
        id: z.string(),
        atMs: z.number(),
        role: z.enum([...CREW_ROLES, 'observer']),
        by: z.string(),
        script: z.boolean().describe('Whether a script wrote it in their place'),
        kind: z.string(),
        text: z.string().describe('As last corrected'),
        earlier: z.array(z.string()).describe('What it said before it was corrected, oldest first'),
        owner: z.string().nullable(),
        due: z.string().nullable(),
      }),
    ),
    debrief: z.strictObject({
      said: z.array(
        z.strictObject({ about: z.enum(DEBRIEF_QUESTIONS), by: z.string().nullable(), text: z.string() }),
      ),
      nextDrill: z.string().nullable().describe('ISO date; null if none was agreed'),
    }),
    before: beforeSchema.nullable().describe('The drill of this name before this one'),
    load: z.strictObject({
      offered: z.number().int(),
      sent: z.number().int(),
      dropped: z.number().int(),
      unmatched: z.number().int(),
      dispatchLagP99Ms: quantitySchema.nullable(),
    }),
    rollback: z.strictObject({
      record: z.boolean(),
      undone: z.boolean(),
      proven: z.boolean(),
      by: z.string().nullable(),
    }),
  })
  .meta({ id: 'gameday.result/1', title: 'gameday result' })
export type Result = z.infer<typeof resultSchema>
