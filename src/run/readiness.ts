import type { RouterConfig } from '../config/index.ts'
import type { Drill } from '../drill/index.ts'
import { clopperPearson, nearestRank, responseMs } from '../measure/index.ts'
import type { Attempt, Observed, Sample } from '../record/index.ts'
import { primaryShare } from '../router/index.ts'

/** One precondition, and what was found. */
export interface Check {
  check: string
  passed: boolean
  detail: string
}

/** Least requests that a baseline is judged by. */
const LEAST_BASELINE = 20
/** A request that left this much after its planned start was late; so it is in the verdict on the whole load. */
const LATE_MS = 50
/** Most late ones in a baseline: a rate that this machine cannot hold shows at once, and long before the verdict. */
const LATE_SHARE = 0.2
/** Least share of the planned requests that must be over when the baseline is. */
const ANSWERED_SHARE = 0.8

/** What the load was to send in the baseline. */
export interface PlannedLoad {
  perSecond: number
  /** Length of the baseline. */
  lengthMs: number
}

/** Judges by observed values whether the baseline is one that a fault may be put into. Pure. */
export function steadyState(
  drill: Pick<Drill, 'steadyState' | 'objectives'>,
  baseline: readonly Sample[],
  attempts: readonly Attempt[],
  load: PlannedLoad,
  router: Pick<RouterConfig, 'pins' | 'canary'>,
): Check[] {
  const { success, p95 } = drill.steadyState
  const limitMs = p95 ?? drill.objectives.p95
  const held = rateHeld(baseline, load, limitMs)
  if (!held.passed) return [held]
  const main = baseline.filter(({ lane, outcome }) => lane === 'main' && outcome !== 'dropped')
  if (main.length < LEAST_BASELINE) {
    return [
      {
        check: 'steady state',
        passed: false,
        detail: `only ${main.length} requests ended in the baseline; at least ${LEAST_BASELINE} are needed to judge it`,
      },
    ]
  }
  const ok = main.filter(({ outcome }) => outcome === 'ok').length / main.length
  const p95Ms = nearestRank(main.map(responseMs), 0.95)
  return [
    held,
    {
      check: 'steady state: success',
      passed: ok >= success,
      detail: `${percent(ok)} of ${main.length} requests succeeded, at least ${percent(success)} wanted`,
    },
    {
      check: 'steady state: p95',
      passed: p95Ms !== null && p95Ms !== 'inf' && p95Ms <= limitMs,
      detail: `p95 ${p95Ms === null || p95Ms === 'inf' ? 'infinite' : `${Math.round(p95Ms)} ms`}, at most ${limitMs} ms wanted`,
    },
    seenAtPrimary(drill.steadyState.primaryShare, main, attempts, router),
  ]
}

/** Whether the load is at the primary's gate: all of it, or what pins and canary leave to the primary. */
function seenAtPrimary(
  share: number,
  main: readonly Sample[],
  attempts: readonly Attempt[],
  router: Pick<RouterConfig, 'pins' | 'canary'>,
): Check {
  const atPrimary = new Set(
    attempts.filter(({ provider }) => provider === 'primary').map(({ requestId }) => requestId),
  )
  const seen = main.filter(({ id }) => atPrimary.has(id)).length
  const left = main.reduce((sum, tags) => sum + primaryShare(router, tags), 0) / main.length
  const wanted = share * left
  // A canary draws: what it leaves to the primary may by chance be less than its share.
  const atMost = router.canary === undefined ? null : clopperPearson(seen, main.length)
  const of = left === 1 ? '' : `, ${percent(share)} of the ${percent(left)} that pins and canary leave to it`
  return {
    check: "load at the primary's gate",
    passed: (atMost?.[1] ?? seen / main.length) >= wanted,
    detail: `${percent(seen / main.length)} of the marked requests were seen at the primary's gate, at least ${percent(wanted)} wanted${of}`,
  }
}

/** Whether the load went out as planned, and was answered: what has not come back yet is in no other figure. */
function rateHeld(baseline: readonly Sample[], { perSecond, lengthMs }: PlannedLoad, limitMs: number): Check {
  const main = baseline.filter(({ lane }) => lane === 'main')
  const late = main.filter(
    ({ startedMs, intendedMs }) => startedMs === null || startedMs - intendedMs > LATE_MS,
  ).length
  // The last ones may still be on their way, but none for longer than the p95 that is wanted.
  const due = (perSecond * Math.max(0, lengthMs - limitMs)) / 1000
  return {
    check: 'load on schedule',
    passed: late <= LATE_SHARE * main.length && main.length >= ANSWERED_SHARE * due,
    detail: `${main.length} requests answered (at least ${Math.round(ANSWERED_SHARE * due)} wanted at ${perSecond}/s), ${late} of them sent over ${LATE_MS} ms late`,
  }
}

/** Judges the answers of the secondary to one direct question of each class. */
export function secondaryAnswers(answers: readonly { class: string; answer: Observed }[]): Check {
  const bad = answers.filter(({ answer }) => answer.outcome !== 'ok')
  return {
    check: 'secondary answers each class of request',
    passed: bad.length === 0,
    detail:
      bad.length === 0
        ? `${answers.length} of ${answers.length} direct questions answered`
        : bad
            .map(
              ({ class: name, answer }) =>
                `${name}: ${answer.outcome}${answer.class === null ? '' : ` (${answer.class})`}`,
            )
            .join('; '),
  }
}

const percent = (ratio: number) => `${Number((ratio * 100).toFixed(2))} %`
