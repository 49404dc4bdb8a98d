import type { LiveStatus } from '../crew/index.ts'
import { counts, slidingWindow } from '../measure/index.ts'
import { faultInForce, type RunContext } from './context.ts'
import { clocksSoFar } from './live.ts'

const WINDOW_MS = 10_000
/** The clocks look at all records, so they are read less often than the rest. */
const CLOCKS_EVERY_MS = 1000

export interface StatusBoard {
  /** Null before the first phase. */
  read(): LiveStatus | null
}

/** Sums up a running drill for whoever watches it. */
export function statusBoard(context: RunContext): StatusBoard {
  const { input, observations } = context
  const { objectives } = input.drill
  const totalMs = input.planned.reduce((sum, { plannedMs }) => sum + plannedMs, 0)
  const window = slidingWindow({ windowMs: WINDOW_MS })
  let [sent, failed] = [0, 0]
  let clocks: LiveStatus['clocks'] = null
  let clocksAtMs = -Infinity

  observations.onSample((sample) => {
    window.add(sample)
    if (!counts(sample)) return
    sent++
    if (sample.outcome !== 'ok') failed++
  })

  const clocksNow = (atMs: number) => {
    const fault = faultInForce(context)
    if (fault === null) return null
    if (atMs - clocksAtMs >= CLOCKS_EVERY_MS) {
      clocksAtMs = atMs
      clocks = clocksSoFar(fault, observations, context.baseline, objectives.p95, atMs)
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
        next: context.ending.stop === null ? (input.planned[at.index + 1]?.name ?? null) : null,
        stopping: context.ending.stop !== null,
        load: loadNow(atMs),
        limits: { success: objectives.success, p95Ms: objectives.p95 },
        fault:
          fault === null
            ? null
            : {
                kind: fault.site.kind,
                target: fault.site.target,
                proven: fault.proven,
                sinceMs: atMs - (fault.inForceMs ?? atMs),
              },
        clocks: clocksNow(atMs),
        sentTotal: sent,
        failedTotal: failed,
      }
    },
  }
}
