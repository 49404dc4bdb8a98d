import type { SloSurvey, SurveyedGroup, SurveyedObjective } from '../../log/index.ts'
import { count, counted, oneDecimal, percent, shortTime, timeOrInfinite, usd } from '../format.ts'
import type { Table } from '../markdown/table.ts'

/** A part of what `gameday slo` prints; all of it plain text, however it is drawn. */
export interface SloSection {
  title: string
  table: Table | null
  lines: string[]
}

const UNKNOWN = '-'

/** Says in one line what follows from it. */
export function decisionLine({ decision, errorBudget, windowDays }: SloSurvey): string {
  const { allowed, spent } = errorBudget
  const days = counted(windowDays, 'day')
  if (decision === 'unknown')
    return `UNKNOWN: the log holds no request of the last ${days}, so nothing can be said.`
  const held = `${oneDecimal(spent)} of the ${oneDecimal(allowed)} failures that ${days} allow are spent`
  return decision === 'freeze'
    ? `FREEZE: ${held}. Nothing risky is released until the window has recovered.`
    : `GO: ${held}.`
}

/** Everything else, in the order in which people read it. */
export function sloSections(survey: SloSurvey): SloSection[] {
  return [
    promises(survey),
    budget(survey),
    ...(survey.by === null ? [] : [groups(survey, survey.by)]),
    burning(survey),
    alerts(survey),
  ]
}

function promises(survey: SloSurvey): SloSection {
  const { objectives, requests, unpriced, since, leftOut, at } = survey
  const { abandoned, callersFault, drills, lost } = leftOut
  const out = [
    [abandoned, counted(abandoned, 'request that its caller gave up', 'requests that their callers gave up')],
    [callersFault, counted(callersFault, "mistake of a caller's", 'mistakes of callers')],
    [drills, counted(drills, "drill's request", "drills' requests")],
  ].flatMap(([n, text]) => (n === 0 ? [] : [text]))
  return {
    title: 'Promises',
    table: {
      header: ['', 'promised', 'seen', ''],
      align: 'lrrl',
      rows: objectives.map((objective) => [
        NAMES[objective.id],
        promised(objective),
        seen(objective),
        objective.verdict === 'unknown' ? UNKNOWN : objective.verdict,
      ]),
    },
    lines: [
      `Over ${counted(requests, 'request')} until ${shortTime(at)}.`,
      ...caching(survey),
      ...(since === null ? [] : [`The log begins at ${shortTime(since)}: what was before is not in it.`]),
      ...(unpriced === 0
        ? []
        : [
            `The cost of ${counted(unpriced, 'request')} is not known: no price, or a stream that did not say its usage.`,
          ]),
      ...(out.length === 0 ? [] : [`Not counted: ${out.join(', ')}.`]),
      ...(lost === 0
        ? []
        : [
            `${counted(lost, 'request')} could not be written into the log and ${lost === 1 ? 'is' : 'are'} missing.`,
          ]),
    ],
  }
}

/** What was answered without being paid for, and what vendors' prompt caches took off the bill or put on it. */
function caching({ cached, requests, promptCaching }: SloSurvey): string[] {
  const { requests: used, readTokens, writtenTokens, savedUsd, unknown } = promptCaching
  const tokens = `${count(readTokens)} tokens read, ${count(writtenTokens)} written`
  const effect = savedUsd < 0 ? `cost ${usd(-savedUsd)} more than they saved` : `saved ${usd(savedUsd)}`
  const of = unknown === 0 ? '' : `; what ${counted(unknown, 'request')} saved is not known`
  return [
    ...(cached === 0
      ? []
      : [`The cache answered ${count(cached)} of them (${percent(cached / requests, 0)}).`]),
    ...(used === 0
      ? []
      : [`Vendors' prompt caches ${effect} on ${counted(used, 'request')} (${tokens})${of}.`]),
  ]
}

function budget({ errorBudget, burnRate }: SloSurvey): SloSection {
  const { allowed, spent, left, share, booked, unaccounted } = errorBudget
  const causes = Object.entries(booked).map(([cause, failures]) => `${cause} ${count(failures)}`)
  return {
    title: 'Error budget',
    table: {
      header: ['allowed', 'spent', 'left', 'burn rate'],
      align: 'rrrr',
      rows: [
        [
          oneDecimal(allowed),
          `${oneDecimal(spent)}${share === null ? '' : ` (${percent(share, 0)})`}`,
          oneDecimal(left),
          rateText(burnRate),
        ],
      ],
    },
    lines:
      causes.length === 0 ? [] : [`Spent on: ${causes.join(', ')}; ${count(unaccounted)} not accounted for.`],
  }
}

function groups({ groups: rows }: SloSurvey, by: 'tenant' | 'feature'): SloSection {
  return {
    title: `By ${by}`,
    table: {
      header: [by, 'requests', 'failed', 'success', 'p95', 'cost', 'cached', 'missed'],
      align: 'lrrrrrrl',
      rows: rows.map(groupRow),
    },
    lines: rows.length === 0 ? ['No request.'] : [],
  }
}

function groupRow({ name, requests, failed, cached, objectives }: SurveyedGroup): string[] {
  const missed = objectives.filter(({ verdict }) => verdict === 'missed').map(({ id }) => id)
  const share = cached === 0 ? UNKNOWN : percent(cached / requests, 0)
  return [name ?? '(none)', count(requests), count(failed), ...objectives.map(seen), share, missed.join(', ')]
}

function burning({ burns }: SloSurvey): SloSection {
  return {
    title: 'Burn rates',
    table: {
      header: ['windows', 'long', 'short', 'limit', ''],
      align: 'lrrrl',
      rows: burns.map(({ long, short, longRate, shortRate, factor, severity, burning: isBurning }) => [
        `${long} and ${short}`,
        rateText(longRate),
        rateText(shortRate),
        String(factor),
        isBurning ? `BURNING (${severity})` : '',
      ]),
    },
    lines: [],
  }
}

function alerts({ alerts: rows }: SloSurvey): SloSection {
  return {
    title: 'Alerts',
    table: {
      header: ['', '', ''],
      align: 'lll',
      rows: rows.map(({ what, state, since, detail }) => [
        what,
        since === null
          ? state === 'too-little'
            ? 'too little data'
            : 'quiet'
          : `FIRING since ${shortTime(since)}`,
        detail,
      ]),
    },
    lines: [],
  }
}

const NAMES = { success: 'success', p95: 'p95', cost: 'average cost' } as const

function promised({ id, target }: SurveyedObjective): string {
  if (id === 'success') return `at least ${percent(target)}`
  return `under ${id === 'p95' ? timeOrInfinite(target) : usd(target)}`
}

function seen({ id, observed }: SurveyedObjective): string {
  if (observed === null) return UNKNOWN
  if (observed === 'inf') return timeOrInfinite(observed)
  if (id === 'success') return percent(observed)
  return id === 'p95' ? timeOrInfinite(observed) : usd(observed)
}

const rateText = (rate: number | null) => (rate === null ? UNKNOWN : oneDecimal(rate))
