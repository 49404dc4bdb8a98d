import type { MeasuredSample } from '../sample.ts'
import { failed, type Timeline } from './fault.ts'
import { stretchStart } from './stretch.ts'

/** The moment at which the router takes the target out; null if it did not before the revert. */
export function trip({ circuits, target, earliest, until }: Timeline): number | null {
  const opened = (circuits ?? [])
    .filter(
      ({ provider, state, atMs }) =>
        provider === target && state === 'open' && atMs >= earliest && atMs <= until,
    )
    .map(({ atMs }) => atMs)
  return opened.length === 0 ? null : Math.min(...opened)
}

/**
 * Finds the first success, by its end, that the other provider served to a request meant at t0 or later. Where that one
 * is faulted too, the cache may stand in for both; where the router itself is, whoever answers.
 */
export function switchedBy({ requests, other, beside, t0, until }: Timeline): MeasuredSample | null {
  const standsIn = (servedBy: MeasuredSample['servedBy']) =>
    other === null || servedBy === other || (beside && servedBy === 'cache')
  let first: MeasuredSample | null = null
  for (const request of requests) {
    if (request.intendedMs < t0 || request.outcome !== 'ok' || !standsIn(request.servedBy)) continue
    if (request.endMs === null || request.endMs > until) continue
    if (first === null || request.endMs < (first.endMs ?? Infinity)) first = request
  }
  return first
}

/**
 * The requests of the stable stretch: from the first one, not before the one that set switch, from which on until the
 * revert every 100 in a row have no failure, a p95 within its objective and, where all of the target is faulted,
 * none served by it. Empty if that was not reached or fewer than 100 were left.
 *
 * An answer of the target that ended when the undoing had begun does not count against it: a probe may well be
 * waiting in a black hole at that moment.
 */
export function stableRequests(timeline: Timeline, setter: MeasuredSample | null): readonly MeasuredSample[] {
  if (setter === null) return []
  const { requests, until, whole, target, undoing, slow } = timeline
  // What was under way when a router was started again was cut by that, and speaks of nothing before it.
  const over = ({ endMs }: MeasuredSample) => target !== 'router' || (endMs ?? Infinity) < undoing
  const candidates = requests
    .slice(requests.indexOf(setter))
    .filter((request) => request.intendedMs < until && over(request))
  const marks = candidates.map((request) => ({
    failed: failed(request),
    slow: slow(request),
    astray: whole && request.servedBy === target && (request.endMs ?? 0) < undoing,
  }))
  const start = stretchStart(marks, 0)
  return start === null ? [] : candidates.slice(start)
}

/** Counts the attempts at the faulted target from a moment on until its revert: how a router looks whether it is back. */
export function probes({ attempts, target, until }: Timeline, sinceMs: number | null): number {
  if (sinceMs === null) return 0
  return attempts.filter(
    ({ provider, startMs }) => provider === target && startMs > sinceMs && startMs < until,
  ).length
}

/** Counts how often the serving provider changed, by intended start, after the switch and before the revert. */
export function flaps({ requests, undoing }: Timeline, setter: MeasuredSample | null): number {
  if (setter === null) return 0
  let serving = setter.servedBy
  let changes = 0
  for (const { servedBy, endMs } of requests.slice(requests.indexOf(setter))) {
    if (servedBy === null || servedBy === 'cache' || endMs === null || endMs >= undoing) continue
    if (servedBy !== serving) changes++
    serving = servedBy
  }
  return changes
}
