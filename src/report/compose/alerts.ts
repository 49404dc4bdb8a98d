import { ALERTS, type AlertId } from '../../base/index.ts'
import { counts, responseMs } from '../../measure/index.ts'
import type { Result, Sample } from '../../record/index.ts'
import { describeAlert, nextPage, readAlert, SLICES, type Objectives, type Slice } from '../../slo/index.ts'
import { objectivesOf } from './faults.ts'
import type { Story } from './story.ts'

type AlertResult = Result['alerts'][number]

/** How often a window is looked at while it passes: live it is every 15 s, which is a twentieth of five minutes. */
const LOOKS_A_WINDOW = 20

/** Looks at the three alerts as the pager would have, over the drill's own samples; none for a run that has no windows. */
export function composeAlerts(story: Story, samples: readonly Sample[]): Result['alerts'] {
  const { alerts } = story.started
  if (alerts === undefined) return []
  const objectives = objectivesOf(story)
  const ended = samples
    .filter(counts)
    .map((sample) => endedOf(sample, objectives))
    .sort((a, b) => a.atMs - b.atMs)
  return ALERTS.map(({ id }) => {
    const windowMs = alerts.windowsMs[id]
    return {
      rule: id,
      what: describeAlert(id, objectives, windowMs),
      windowMs,
      expected: alerts.expected === null ? null : alerts.expected.includes(id),
      ...watch(id, ended, windowMs, objectives),
    }
  })
}

/** The alerts that did not do what the drill demands; empty where it demands nothing. */
export function wrongAlerts(alerts: Result['alerts']): AlertResult[] {
  return alerts.filter(({ expected, firedMs }) => expected !== null && expected !== (firedMs !== null))
}

/** A request by when it ended, as a slice counts it. */
interface Ended extends Omit<Slice, 'requests'> {
  atMs: number
}

function endedOf(sample: Sample, { p95Ms }: Objectives): Ended {
  const isOk = sample.outcome === 'ok'
  return {
    atMs: sample.endMs ?? sample.intendedMs,
    ok: isOk ? 1 : 0,
    fast: isOk && responseMs(sample) < p95Ms ? 1 : 0,
    costUsd: sample.costUsd ?? 0,
    priced: isOk && sample.costUsd !== null ? 1 : 0,
  }
}

function watch(
  id: AlertId,
  ended: readonly Ended[],
  windowMs: number,
  objectives: Objectives,
): Pick<AlertResult, 'firedMs' | 'resolvedMs' | 'detail'> {
  const [first, last] = [ended[0], ended.at(-1)]
  const result: Pick<AlertResult, 'firedMs' | 'resolvedMs' | 'detail'> = {
    firedMs: null,
    resolvedMs: null,
    detail: 'there was no request',
  }
  if (first === undefined || last === undefined || windowMs === 0) return result
  // Time only goes forward: what has left the window does not come back.
  let oldest = 0
  for (let look = LOOKS_A_WINDOW; ; look++) {
    const nowMs = first.atMs + (look * windowMs) / LOOKS_A_WINDOW
    // A drill that is shorter than the window is looked at once all the same.
    if (nowMs > last.atMs && look > LOOKS_A_WINDOW) return result
    while ((ended[oldest]?.atMs ?? Infinity) < nowMs - windowMs) oldest++
    const reading = readAlert(id, slices(ended, oldest, nowMs - windowMs, windowMs), objectives)
    const isFiring = result.firedMs !== null && result.resolvedMs === null
    const next = nextPage(isFiring, reading)
    // What fires again after it resolved is the same story: the first page is the one that called people.
    if (next === 'fired') result.firedMs ??= nowMs
    if (next === 'resolved') result.resolvedMs = nowMs
    if (next === 'fired' || result.firedMs === null) result.detail = reading.detail
  }
}

/** The parts of a window whose oldest request is known. */
function slices(ended: readonly Ended[], oldest: number, fromMs: number, windowMs: number): Slice[] {
  const parts = Array.from({ length: SLICES }, (): Slice => ({
    requests: 0,
    ok: 0,
    fast: 0,
    costUsd: 0,
    priced: 0,
  }))
  for (let index = oldest; index < ended.length; index++) {
    const { atMs, ok, fast, costUsd, priced } = ended[index]!
    const slice = parts[Math.floor(((atMs - fromMs) / windowMs) * SLICES)]
    if (slice === undefined) break
    slice.requests += 1
    slice.ok += ok
    slice.fast += fast
    slice.costUsd += costUsd
    slice.priced += priced
  }
  return parts
}
