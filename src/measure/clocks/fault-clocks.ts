import { outageRequests, outageWindow } from '../outage.ts'
import { byIntendedStart, responseMs } from '../sample.ts'
import { detect } from './detect.ts'
import type { ClockInput, FaultClocks, Timeline } from './fault.ts'
import { flaps, probes, stableRequests, switchedBy, trip } from './going-away.ts'
import { failback, homeShare } from './going-home.ts'
import { noClocks } from './no-clocks.ts'
import { suffering } from './suffering.ts'
import { tax } from './tax.ts'

/**
 * Reads the failover clocks of one fault off the records. Moments are milliseconds from the drill's start; the
 * clocks are milliseconds from the fault in force, `failbackMs` from its revert.
 *
 * A clock that was not reached is null and `notReached` says how long was waited; one that cannot be seen here is
 * null and `notObservable` says why. A fault that never came into force has no clocks and waited for none. Failures
 * are counted over the whole outage, requests in flight included, as the success objective counts them; without any,
 * `lastFailureMs` is null and the blip is 0. Of a fault that is held to some requests the clocks are theirs, and the
 * failures everybody's. Takes time in proportion to the records, but for sorting them.
 */
export function faultClocks(input: ClockInput): FaultClocks {
  const { inForceMs } = input.fault
  return inForceMs === null ? noClocks() : clocksFrom(input, timelineOf(input, inForceMs))
}

function clocksFrom({ samples, attempts, fault, baseline }: ClockInput, timeline: Timeline): FaultClocks {
  const { requests, circuits, t0, until, whole } = timeline
  const { revertedMs, endOfRestoreMs } = fault

  const detection = detect(timeline)
  const trippedMs = trip(timeline)
  const setter = switchedBy(timeline)
  const stable = stableRequests(timeline, setter)
  // A router that does not tell of its circuit has left a target that is faulted as a whole by the time it switched.
  const leftMs = circuits === null && whole ? (setter?.endMs ?? null) : trippedMs

  const steady = requests.filter(
    ({ intendedMs }) => baseline !== null && intendedMs >= baseline.fromMs && intendedMs < baseline.toMs,
  )
  const homeMs =
    revertedMs === null
      ? null
      : failback(timeline, { revertedMs, endOfRestoreMs }, homeShare(steady, fault.target))
  const failbackMs = homeMs === null || revertedMs === null ? null : homeMs - revertedMs
  const taxMs = tax(stable, steady, attempts)
  const outage = outageWindow({ ...fault, inForceMs: t0, failbackMs })

  // What happened within the uncertainty of t0 happened at t0, for all that is known.
  const since = (atMs: number | null | undefined) => (atMs == null ? null : Math.max(0, atMs - t0))
  const away = {
    detectMs: since(detection?.atMs),
    tripMs: since(trippedMs),
    switchMs: since(setter?.endMs),
    stableMs: since(stable[0]?.intendedMs),
  }
  const notObservable: Record<string, string> = {}
  if (timeline.target === 'router') notObservable.trip = 'a router that is dead opens no circuit'
  else if (circuits === null) notObservable.trip = 'the router does not tell about its circuit'
  if (revertedMs === null) notObservable.failback = 'the fault was never undone'
  if (taxMs === null) notObservable.tax = whyNoTax(stable.length)

  const notReached: Record<string, number> = {}
  const waited = (clock: string, reachedMs: number | null, ms: number) => {
    if (reachedMs === null && notObservable[clock] === undefined) notReached[clock] = ms
  }
  waited('detect', away.detectMs, until - t0)
  waited('trip', away.tripMs, until - t0)
  waited('switch', away.switchMs, until - t0)
  waited('stable', away.stableMs, until - t0)
  waited('failback', failbackMs, endOfRestoreMs - until)

  return {
    ...away,
    detectSource: detection?.source ?? null,
    failbackMs,
    ...suffering(outageRequests(samples, [outage]), timeline),
    taxMs,
    probes: probes(timeline, leftMs),
    flaps: flaps(timeline, setter),
    inFlight: requests.filter(
      ({ startedMs, endMs }) => startedMs !== null && startedMs < t0 && (endMs ?? Infinity) > t0,
    ).length,
    notReached,
    notObservable,
  }
}

function timelineOf(
  { samples, attempts, circuits, fault, struck, p95TargetMs }: ClockInput,
  t0: number,
): Timeline {
  const until = fault.revertedMs ?? fault.endOfRestoreMs
  const canHit = (requestId: string | null) => struck === undefined || struck.has(requestId ?? '')
  return {
    requests: byIntendedStart(samples).filter(({ id }) => canHit(id)),
    attempts: attempts.filter(({ lane, requestId }) => lane === 'main' && canHit(requestId)),
    circuits,
    target: fault.target,
    other: fault.target === 'router' ? null : fault.target === 'primary' ? 'secondary' : 'primary',
    network: fault.kind === 'network',
    whole: fault.whole,
    beside: fault.beside,
    t0,
    earliest: t0 - (fault.uncertaintyMs ?? 0),
    until,
    undoing: fault.revertingMs ?? until,
    slow: (sample) => responseMs(sample) >= p95TargetMs,
  }
}

function whyNoTax(stableRequests: number): string {
  return stableRequests === 0
    ? 'there was no stable stretch to measure it over'
    : 'no success of the stable stretch, or none of the baseline, could be told to its attempt'
}
