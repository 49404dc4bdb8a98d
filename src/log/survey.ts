import { ALERTS, type AlertId } from '../base/index.ts'
import {
  burns,
  burnRate,
  describeAlert,
  readAlert,
  standing,
  type Burn,
  type Objectives,
  type Standing,
} from '../slo/index.ts'
import type { LogPromptCaching, LogReader, LogRest, LogSpan, LogTotals } from './reader.ts'

/** Most tenants or features that are listed. */
const MOST_GROUPS = 50
/** Most of the requests whose cost may be unknown before an average of the rest says nothing. */
const UNPRICED_MOST = 0.01
const PAGES_LOOKED_AT = 1000

export interface SurveyedObjective {
  id: 'success' | 'p95' | 'cost'
  target: number
  observed: number | 'inf' | null
  verdict: 'met' | 'missed' | 'unknown'
}

/** What of a window one tenant or feature had; null is those without. */
export interface SurveyedGroup {
  name: string | null
  requests: number
  failed: number
  /** Successes that the router's own cache answered. */
  cached: number
  objectives: SurveyedObjective[]
}

export interface SurveyedAlert {
  rule: AlertId
  what: string
  state: 'firing' | 'quiet' | 'too-little'
  /** ISO 8601 UTC; null unless it fires. */
  since: string | null
  detail: string
}

/** How the promise was kept over its rolling window, by the request log. `gameday slo --json` prints it. */
export interface SloSurvey {
  schema: 'gameday.slo/1'
  at: string
  windowDays: number
  /** When the oldest request in the log ended, where that is within the window: the log does not know what was before. */
  since: string | null
  decision: 'go' | 'freeze' | 'unknown'
  requests: number
  failed: number
  /** Requests whose cost is not known. */
  unpriced: number
  /** Successes that the router's own cache answered. */
  cached: number
  /** What the vendors' own prompt caches did. */
  promptCaching: LogPromptCaching
  objectives: SurveyedObjective[]
  errorBudget: Standing
  /** Over the whole window; null without a request. */
  burnRate: number | null
  burns: Burn[]
  alerts: SurveyedAlert[]
  by: 'tenant' | 'feature' | null
  groups: SurveyedGroup[]
  leftOut: LogRest
}

export interface SurveyOptions {
  objectives: Objectives & { windowMs: number; requests: number }
  nowMs: number
  by: 'tenant' | 'feature' | null
}

/** Surveys the log. What is counted is a census, not a sample: it has no intervals. */
export function surveySlo(reader: LogReader, { objectives, nowMs, by }: SurveyOptions): SloSurvey {
  const { windowMs, p95Ms, success } = objectives
  const last = (ms: number): LogSpan => ({ fromMs: nowMs - ms, toMs: nowMs + 1 })
  const window = last(windowMs)
  const totals = reader.totals(window, p95Ms)
  const sinceMs = reader.sinceMs()
  const budget = standing(objectives, totals, reader.bookings(window))
  const { requests, failed } = totals
  return {
    schema: 'gameday.slo/1',
    at: iso(nowMs),
    windowDays: windowMs / 86_400_000,
    since: sinceMs === null || sinceMs <= window.fromMs ? null : iso(sinceMs),
    decision: decide(budget, requests),
    requests,
    failed,
    unpriced: totals.unpriced,
    cached: totals.cached,
    promptCaching: reader.promptCaching(window),
    objectives: judge(totals, objectives),
    errorBudget: budget,
    burnRate: requests === 0 ? null : burnRate(failed / requests, success),
    burns: burns(success, (ms) => reader.losses(last(ms), p95Ms)),
    alerts: alertsOf(reader, objectives, nowMs),
    by,
    groups:
      by === null
        ? []
        : reader.totalsBy(by, window, p95Ms, MOST_GROUPS).map((group) => ({
            name: group.key,
            requests: group.requests,
            failed: group.failed,
            cached: group.cached,
            objectives: judge(group, objectives),
          })),
    leftOut: reader.rest(window, p95Ms),
  }
}

/** A log without a request may be one that nobody writes any more: that is no leave to go. */
function decide({ freeze }: Standing, requests: number): SloSurvey['decision'] {
  if (freeze) return 'freeze'
  return requests === 0 ? 'unknown' : 'go'
}

function judge(
  { requests, failed, p95Ms, costUsd, priced, unpriced }: LogTotals,
  objectives: Objectives,
): SurveyedObjective[] {
  const success = requests === 0 ? null : (requests - failed) / requests
  const cost = priced === 0 || unpriced > UNPRICED_MOST * requests ? null : costUsd / priced
  const verdict = (observed: number | null, isMet: (value: number) => boolean) =>
    observed === null ? 'unknown' : isMet(observed) ? 'met' : 'missed'
  const p95 = p95Ms === 'inf' ? Infinity : p95Ms
  return [
    {
      id: 'success',
      target: objectives.success,
      observed: success,
      verdict: verdict(success, (value) => value >= objectives.success),
    },
    {
      id: 'p95',
      target: objectives.p95Ms,
      observed: p95Ms,
      verdict: verdict(p95, (value) => value < objectives.p95Ms),
    },
    {
      id: 'cost',
      target: objectives.costUsd,
      observed: cost,
      verdict: verdict(cost, (value) => value < objectives.costUsd),
    },
  ]
}

function alertsOf(reader: LogReader, objectives: Objectives, nowMs: number): SurveyedAlert[] {
  const pages = reader.pages(PAGES_LOOKED_AT)
  return ALERTS.map(({ id, windowMs }) => {
    const page = pages.findLast(({ rule }) => rule === id)
    const isFiring = page?.kind === 'fired'
    const { sight, detail } = readAlert(
      id,
      reader.slices({ fromMs: nowMs - windowMs, toMs: nowMs }, objectives.p95Ms),
      objectives,
    )
    return {
      rule: id,
      what: describeAlert(id, objectives, windowMs),
      state: isFiring ? 'firing' : sight === 'too-little' ? 'too-little' : 'quiet',
      since: isFiring ? iso(page.atMs) : null,
      detail,
    }
  })
}

const iso = (ms: number) => new Date(ms).toISOString()
