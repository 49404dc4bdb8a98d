import type { LiveStatus } from '../crew/index.ts'
import { counts, slidingWindow } from '../measure/index.ts'
import type { Sample } from '../record/index.ts'
import { allowedFailures, wouldSpend } from '../slo/index.ts'
import { faultInForce, struckWith, type Progress, type RunContext } from './context.ts'
import type { FaultRun } from './fault-run.ts'
import { lastMinute } from './last-minute.ts'
import { clocksSoFar } from './live.ts'

const WINDOW_MS = 10_000
/** The clocks look at all records, so they are read less often than the rest. */
const CLOCKS_EVERY_MS = 1000
const FOUR_HOURS_MS = 14_400_000

export interface StatusBoard {
  /** Null before the first phase. */
  read(): LiveStatus | null
}

/** Sums up a running drill for whoever watches it. */
export function statusBoard(context: RunContext): StatusBoard {
  const { input, observations } = context
  const { objectives } = input.drill
  const totalMs = input.planned.reduce((sum, { plannedMs }) => sum + plannedMs, 0)
  const breaks = input.planned.filter(({ kind }) => kind === 'break').length
  const allowed = allowedFailures(objectives)
  const window = slidingWindow({ windowMs: WINDOW_MS })
  const minute = lastMinute()
  let outage: Outage | null = null
  let [sent, failed] = [0, 0]
  let clocks: LiveStatus['clocks'] = null
  let clocksAtMs = -Infinity

  observations.onSample((sample) => {
    window.add(sample)
    minute.add(sample)
    outage = outageWith(outage, faultInForce(context), sample)
    if (!counts(sample)) return
    sent++
    if (sample.outcome !== 'ok') failed++
  })

  const clocksNow = (atMs: number) => {
    const fault = faultInForce(context)
    if (fault === null) return null
    if (atMs - clocksAtMs >= CLOCKS_EVERY_MS) {
      clocksAtMs = atMs
      const { detectMs, switchMs, stableMs, taxMs } = clocksSoFar(
        fault,
        observations,
        context.baseline,
        objectives.p95,
        atMs,
        struckWith(context, fault).length > 1,
      )
      clocks = { detectMs, switchMs, stableMs, taxMs }
    }
    return clocks
  }

  const loadNow = (atMs: number): LiveStatus['load'] => {
    if (context.loadSinceMs === null) return null
    const { n, successRate, p95Ms, servedBy, ok } = window.at(atMs)
    const seconds = Math.min(WINDOW_MS, Math.max(1, atMs - context.loadSinceMs)) / 1000
    const part = (count: number) => (ok === 0 ? 0 : count / ok)
    return {
      perSecond: n / seconds,
      n,
      success: successRate,
      p95Ms,
      servedBy: {
        primary: part(servedBy.primary),
        secondary: part(servedBy.secondary),
        cache: part(servedBy.cache),
      },
    }
  }

  return {
    read: () => {
      const at = context.progress.at(-1)
      if (at === undefined) return null
      const atMs = context.elapsed()
      const fault = faultInForce(context)
      return {
        atMs,
        totalMs,
        phase: {
          name: at.name,
          kind: at.kind,
          index: at.index,
          count: input.planned.length,
          lengthMs: at.endMs - at.startMs,
          leftMs: Math.max(0, at.endMs - atMs),
        },
        next: context.ending.stop === null ? nextOf(context, at) : null,
        stopping: context.ending.stop !== null,
        load: loadNow(atMs),
        lastMinute: context.loadSinceMs === null ? null : minute.at(atMs),
        limits: { success: objectives.success, p95Ms: objectives.p95 },
        fault:
          fault === null
            ? null
            : {
                number: new Set(context.faults.map(({ phase }) => phase)).size,
                count: breaks,
                kind: fault.site.kind,
                target: fault.site.target,
                proven: fault.proven,
                sinceMs: atMs - (fault.inForceMs ?? atMs),
                capMs: fault.capMs,
                ...besides(context, fault),
              },
        clocks: clocksNow(atMs),
        withoutRouter: fault === null || outage?.fault !== fault ? null : outage.withoutRouter,
        budget: {
          allowed,
          spentBefore: input.config.errorBudget.spent ?? null,
          fourHours:
            fault === null || outage?.fault !== fault ? null : fourHours(outage, input.drill.traffic.rate),
        },
        money: money(context),
        sentTotal: sent,
        failedTotal: failed,
      }
    },
  }
}

/** The other fault of the same phase, where there is one. */
function besides(context: RunContext, fault: FaultRun): Pick<NonNullable<LiveStatus['fault']>, 'beside'> {
  const other = struckWith(context, fault).find((one) => one !== fault)
  if (other === undefined) return {}
  return { beside: { kind: other.site.kind, target: other.site.target, proven: other.proven } }
}

/** What met the fault that is in force, so far. */
interface Outage {
  fault: FaultRun
  requests: number
  failed: number
  withoutRouter: { requests: number; ok: number }
}

function outageWith(before: Outage | null, fault: FaultRun | null, sample: Sample): Outage | null {
  if (fault === null || fault.inForceMs === null) return before
  const outage =
    before?.fault === fault
      ? before
      : { fault, requests: 0, failed: 0, withoutRouter: { requests: 0, ok: 0 } }
  if (sample.intendedMs < fault.inForceMs || sample.outcome === 'dropped') return outage
  const ok = sample.outcome === 'ok'
  if (sample.lane === 'control') {
    outage.withoutRouter.requests++
    if (ok) outage.withoutRouter.ok++
  } else {
    outage.requests++
    if (!ok) outage.failed++
  }
  return outage
}

/** Failures that four hours of this outage would spend of the real traffic; null while nothing has met it. */
function fourHours({ requests, failed }: Outage, perSecond: number): number | null {
  if (requests === 0) return null
  return wouldSpend({ failureRatio: failed / requests, durationMs: FOUR_HOURS_MS, perSecond })
}

function money({ input: { maxCostUsd }, observations }: RunContext): LiveStatus['money'] {
  if (maxCostUsd === null) return null
  return { spentUsd: observations.spentUsd, capUsd: maxCostUsd }
}

function nextOf({ input }: RunContext, { index, endMs }: Progress): LiveStatus['next'] {
  const next = input.planned[index + 1]
  return next === undefined ? null : { name: next.name, kind: next.kind, atMs: endMs }
}
