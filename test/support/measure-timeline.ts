import type { ProviderRole } from '../../src/base/index.ts'
import type { FaultTimes, MeasuredAttempt, MeasuredSample } from '../../src/measure/index.ts'

let made = 0

/** A request of the main lane that the primary answered in 200 ms, but for what is said otherwise. */
export function sampleOf(fields: Partial<MeasuredSample> = {}): MeasuredSample {
  const intendedMs = fields.intendedMs ?? 0
  const ok = fields.outcome === undefined || fields.outcome === 'ok'
  const startedMs = intendedMs + 1
  return {
    id: `m${++made}`,
    lane: 'main',
    intendedMs,
    startedMs,
    endMs: startedMs + 200,
    outcome: 'ok',
    class: ok ? null : 'server-error',
    tag: null,
    servedBy: ok ? 'primary' : null,
    costUsd: 0.001,
    ...fields,
  }
}

/** An attempt that a gate answered well in 190 ms, but for what is said otherwise. */
export function attemptOf(fields: Partial<MeasuredAttempt> = {}): MeasuredAttempt {
  const startMs = fields.startMs ?? 0
  return {
    requestId: null,
    lane: 'main',
    tag: `t${++made}`,
    provider: 'primary',
    startMs,
    endMs: startMs + 190,
    failure: null,
    hungUp: false,
    ...fields,
  }
}

/** Requests at an even pace, each alike but for its place in time: `times` of them, `everyMs` apart. */
export function requestsFrom(
  fromMs: number,
  times: number,
  fields: Partial<MeasuredSample> = {},
  everyMs = 100,
): MeasuredSample[] {
  return Array.from({ length: times }, (_, i) => sampleOf({ ...fields, intendedMs: fromMs + i * everyMs }))
}

/** The attempt that served each of these, at the gate for `gateMs`; ties the two by a tag. */
export function servedAttempts(samples: MeasuredSample[], gateMs: number): MeasuredAttempt[] {
  return samples.map((sample) => {
    const startMs = (sample.startedMs ?? sample.intendedMs) + 2
    const attempt = attemptOf({
      requestId: sample.id,
      provider: sample.servedBy === 'secondary' ? 'secondary' : 'primary',
      startMs,
      endMs: startMs + gateMs,
    })
    sample.tag = attempt.tag
    return attempt
  })
}

/** A fault of the primary, in force from 60 s to 120 s, proven gone at 121 s, restore until 180 s. */
export function faultOf(fields: Partial<FaultTimes> = {}): FaultTimes {
  return {
    target: 'primary',
    kind: 'provider',
    whole: true,
    beside: false,
    inForceMs: 60_000,
    uncertaintyMs: 4,
    revertingMs: 119_995,
    revertedMs: 120_000,
    goneMs: 121_000,
    endOfRestoreMs: 180_000,
    ...fields,
  }
}

/**
 * A drill at 10/s with a good router and that fault: 60 s by the primary, then by the secondary until the revert,
 * two seconds more until a probe finds the primary well, then by the primary again.
 */
export function goodDrill(
  served: Record<'away' | 'home', ProviderRole> = { away: 'secondary', home: 'primary' },
): MeasuredSample[] {
  return [
    ...requestsFrom(0, 600),
    ...requestsFrom(60_000, 620, { servedBy: served.away }),
    ...requestsFrom(122_000, 580, { servedBy: served.home }),
  ]
}

/** The same records, and how many of their fields have been read: work that can be counted, on however busy a machine. */
export function countingReads<T extends object>(
  records: readonly T[],
): { counted: T[]; reads: () => number } {
  let reads = 0
  const get = (record: T, field: string | symbol): unknown => {
    reads++
    return Reflect.get(record, field)
  }
  return { counted: records.map((record) => new Proxy(record, { get })), reads: () => reads }
}
