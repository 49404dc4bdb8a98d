import type { Finding } from '../../record/index.ts'
import { classDiffers, emptyAnswers, errorsPassed, missingMarker, truncatedStreams } from './answers.ts'
import {
  failbackNotReached,
  failbackSlow,
  failoverNotReached,
  failoverSlow,
  neverFailsBack,
  slowAfterFailover,
  taxHigh,
} from './failover.ts'
import { budgetHeavy, objectiveInconclusive, objectiveMissed } from './promises.ts'
import { flapping, headerDisagrees, noCircuit } from './router.ts'
import type { Case, Rule } from './rule.ts'
import { changedByOthers, changeNotUndone, faultNotGone, watchdogUndid } from './restored.ts'
import { baselineFailures, recoveryFailures } from './steadiness.ts'
import { toDo } from './to-do.ts'
import { abortRule, cutShort, faultNotProven, faultSkipped, loadNotTrusted, unmatched } from './trust.ts'

/** Every rule, in the order in which equally severe findings are listed. */
export const RULES: readonly Rule[] = [
  faultNotGone,
  changeNotUndone,
  cutShort,
  watchdogUndid,
  abortRule,
  faultNotProven,
  loadNotTrusted,
  unmatched,
  changedByOthers,
  failoverNotReached,
  failoverSlow,
  objectiveMissed,
  errorsPassed,
  classDiffers,
  truncatedStreams,
  emptyAnswers,
  slowAfterFailover,
  noCircuit,
  flapping,
  neverFailsBack,
  failbackNotReached,
  faultSkipped,
  recoveryFailures,
  baselineFailures,
  headerDisagrees,
  budgetHeavy,
  failbackSlow,
  taxHigh,
  missingMarker,
  objectiveInconclusive,
  toDo,
]

const SEVERITIES = ['critical', 'major', 'minor', 'info'] as const
const QUARTER_DAYS = 13 * 7

/** Applies every rule; worst first, numbered F1, F2, …, to be tested again one quarter (13 weeks) after the drill. */
export function findAll(about: Case): Finding[] {
  const retest = daysAfter(about.story.started.at, QUARTER_DAYS)
  return RULES.flatMap((rule) => rule.find(about).map((draft) => ({ rule: rule.id, ...draft })))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    .map(({ rule, severity, title, evidence, recommendation }, index) => ({
      id: `F${index + 1}`,
      rule,
      severity,
      title,
      evidence,
      recommendation,
      owner: null,
      due: null,
      retest,
    }))
}

/** The date so many days after a moment, in UTC. */
function daysAfter(iso: string, days: number): string {
  return new Date(Date.parse(iso) + days * 86_400_000).toISOString().slice(0, 10)
}
