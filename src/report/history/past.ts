import { z } from 'zod'
import { FAULT_TARGETS, GamedayError, VERDICTS } from '../../base/index.ts'
import type { People, Result } from '../../record/index.ts'
import { keyOf } from '../findings/find.ts'
import { isBeside } from '../own-outage.ts'

const nullableMs = z.number().nullable()

/**
 * What history needs of a `result.json`. All else may be missing or new: a drill of an earlier version, or of a later
 * one that only added to it, is still a drill that was held.
 */
const pastSchema = z.object({
  schema: z.literal('gameday.result/1'),
  drill: z.object({ name: z.string(), title: z.string() }),
  run: z.object({
    id: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    attended: z.boolean(),
    people: z.object({ lead: z.string(), operator: z.string(), scribe: z.string() }).nullish(),
    joined: z.array(z.string()).default([]),
  }),
  verdict: z.enum(VERDICTS).nullable(),
  errorBudget: z.object({ wouldHaveSpent: z.number().nullable() }),
  faults: z.array(
    z.object({
      kind: z.string(),
      target: z.enum(FAULT_TARGETS),
      beside: z.number().exactOptional(),
      inForceMs: nullableMs,
      stableMs: nullableMs,
      failbackMs: nullableMs,
    }),
  ),
  people: z.object({
    noticeMs: nullableMs,
    decideMs: nullableMs,
    restoreMs: nullableMs,
    diagnoseMs: nullableMs.default(null),
  }),
  findings: z.array(
    z.object({
      key: z.string().optional(),
      rule: z.string(),
      title: z.string(),
      owner: z.string().nullable(),
      due: z.string().nullable(),
      retest: z.string(),
    }),
  ),
})

/** A drill of the past, as much of it as history tells. */
export interface PastDrill {
  /** Folder of the run. */
  folder: string
  run: string
  drill: string
  startedAt: string
  /** Whether it is being held right now: nothing is known of it yet but who is there. */
  inProgress: boolean
  /** Whether its records have an end; a killed run has none. */
  ended: boolean
  attended: boolean
  /** Who held which role; null where nobody did, or an earlier version did not say. */
  people: People | null
  /** Everybody who held a role or joined, once. */
  names: string[]
  verdict: Result['verdict']
  /** Whether anything was broken on purpose. */
  broke: boolean
  /** The worst failover; null where service did not become stable, or nothing was broken. */
  failoverMs: number | null
  wouldHaveSpent: number | null
  /** The people's clocks. */
  clocks: Result['people']
  faults: Pick<Result['faults'][number], 'kind' | 'target' | 'stableMs' | 'failbackMs'>[]
  findings: Pick<Result['findings'][number], 'key' | 'title' | 'owner' | 'due' | 'retest'>[]
}

/** Reads a result of this version or an earlier one. Throws `RESULT_UNREADABLE` when it is none. */
export function pastOf(folder: string, result: unknown): PastDrill {
  const parsed = pastSchema.safeParse(result)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new GamedayError(
      `its result.json is none that this version reads: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      {
        code: 'RESULT_UNREADABLE',
      },
    )
  }
  const { drill, run, verdict, errorBudget, faults, people, findings } = parsed.data
  const inForce = faults.filter((fault) => fault.inForceMs !== null && !isBeside(fault))
  const stable = inForce.map(({ stableMs }) => stableMs ?? Infinity)
  const worstMs = Math.max(...stable)
  const seen = new Map<string, number>()
  const named = findings.map(({ key, rule, ...finding }) => {
    const index = seen.get(rule) ?? 0
    seen.set(rule, index + 1)
    const { title, owner, due, retest } = finding
    return { key: key ?? keyOf(rule, index), title, owner, due, retest }
  })
  return {
    folder,
    run: run.id,
    drill: drill.name,
    startedAt: run.startedAt,
    inProgress: false,
    ended: run.endedAt !== null,
    attended: run.attended,
    people: run.people ?? null,
    names: [...new Set([...Object.values(run.people ?? {}), ...run.joined])],
    verdict,
    broke: inForce.length > 0,
    failoverMs: Number.isFinite(worstMs) ? worstMs : null,
    wouldHaveSpent: errorBudget.wouldHaveSpent,
    clocks: people,
    faults: inForce.map(({ kind, target, stableMs, failbackMs }) => ({ kind, target, stableMs, failbackMs })),
    findings: named,
  }
}

/** A drill that is still being held: whatever its records say so far is no result. */
export function asInProgress(past: PastDrill): PastDrill {
  return {
    ...past,
    inProgress: true,
    verdict: null,
    broke: false,
    failoverMs: null,
    wouldHaveSpent: null,
    clocks: { noticeMs: null, decideMs: null, restoreMs: null, diagnoseMs: null },
    faults: [],
    findings: [],
  }
}
