import { z } from 'zod'
import { FAULT_TARGETS, GamedayError, VERDICTS } from '../../base/index.ts'
import { objectiveResultSchema } from '../../record/index.ts'
import { keyOf } from '../findings/find.ts'

const optionalMs = z.number().nullish().transform(orNull)
const optionalText = z.string().nullish().transform(orNull)
const optionalCount = z.number().nullish().transform(orNull)
function orNull<T>(value: T | null | undefined): T | null {
  return value ?? null
}

const faultSchema = z.object({
  kind: z.string(),
  target: z.enum(FAULT_TARGETS),
  /** Null where an earlier version did not say. */
  parameters: z.record(z.string(), z.unknown()).nullish().transform(orNull),
  beside: z.number().exactOptional(),
  inForceMs: optionalMs,
  provenMs: optionalMs,
  revertedMs: optionalMs,
  uncertaintyMs: optionalMs,
  objectives: z.array(objectiveResultSchema).default([]),
  tenants: z.array(z.object({ tenant: z.string(), objectives: z.array(objectiveResultSchema) })).default([]),
  failedRequests: optionalCount,
  detectMs: optionalMs,
  tripMs: optionalMs,
  switchMs: optionalMs,
  stableMs: optionalMs,
  failbackMs: optionalMs,
  blipMs: optionalMs,
  taxMs: optionalMs,
  probes: optionalCount,
  flaps: optionalCount,
  notReached: z.record(z.string(), z.number()).default({}),
  notObservable: z.record(z.string(), z.string()).default({}),
})
export type SideFault = z.infer<typeof faultSchema>

/**
 * What a comparison needs of a `result.json`, and no more. A result of an earlier version lacks some of it, and one of a
 * later version has more: both are still results of a drill, and what is missing is said to be.
 */
const sideSchema = z.object({
  schema: z.string().regex(/^gameday\.result\//),
  drill: z.object({ name: z.string(), sha256: optionalText, claim: optionalText }),
  run: z.object({
    id: z.string(),
    startedAt: z.string(),
    attended: z.boolean().nullish().transform(orNull),
    seed: optionalCount,
    versions: z.record(z.string(), z.string()).default({}),
  }),
  environment: z
    .object({
      router: z.object({ kind: z.string(), url: optionalText, bypass: optionalText }).nullish(),
      toxiproxy: z.object({ kind: z.string(), version: optionalText }).nullish(),
      stage: z.object({ url: optionalText }).nullish(),
      providers: z
        .array(z.object({ role: z.string(), name: z.string(), kind: optionalText, model: optionalText }))
        .default([]),
    })
    .nullish()
    .transform(orNull),
  verdict: z.enum(VERDICTS).nullable(),
  decidedBy: optionalText,
  objectives: z.array(objectiveResultSchema).default([]),
  errorBudget: z
    .object({ wouldHaveSpent: optionalCount, trafficPerSecond: optionalCount })
    .nullish()
    .transform(orNull),
  phases: z.array(z.object({ requests: z.number(), startMs: z.number(), endMs: z.number() })).default([]),
  faults: z.array(faultSchema),
  findings: z.array(
    z.object({ key: z.string().optional(), rule: z.string(), title: z.string(), severity: optionalText }),
  ),
})

/** One of the two runs that are compared. */
export interface Side extends Omit<z.infer<typeof sideSchema>, 'findings' | 'phases'> {
  findings: { key: string; title: string; severity: string | null }[]
  /** Requests a second while there was load; null where nothing says. */
  perSecond: number | null
}

/** Reads a result of any version as far as a comparison goes. Throws `RESULT_UNREADABLE` when it is none. */
export function sideOf(result: unknown): Side {
  const parsed = sideSchema.safeParse(result)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new GamedayError(
      `it is no result that can be compared: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      { code: 'RESULT_UNREADABLE' },
    )
  }
  const { findings, phases, ...side } = parsed.data
  const seen = new Map<string, number>()
  const loaded = phases.filter(({ requests }) => requests > 0)
  const seconds = loaded.reduce((sum, { startMs, endMs }) => sum + (endMs - startMs) / 1000, 0)
  return {
    ...side,
    perSecond: seconds > 0 ? loaded.reduce((sum, { requests }) => sum + requests, 0) / seconds : null,
    findings: findings.map(({ key, rule, title, severity }) => {
      const index = seen.get(rule) ?? 0
      seen.set(rule, index + 1)
      return { key: key ?? keyOf(rule, index), title, severity }
    }),
  }
}
