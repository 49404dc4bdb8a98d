import { daysAfter } from '../../base/index.ts'
import type { Finding } from '../../record/index.ts'
import { alertMissing, alertUnexpected } from './alerts.ts'
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
import { noProviderLeft } from './no-provider-left.ts'
import { budgetHeavy, objectiveInconclusive, objectiveMissed } from './promises.ts'
import { flapping, headerDisagrees, noCircuit, streamsHeldBack } from './router.ts'
import type { Case, Rule } from './rule.ts'
import { changedByOthers, changeNotUndone, faultNotGone, watchdogUndid } from './restored.ts'
import { baselineFailures, recoveryFailures } from './steadiness.ts'
import { missingAlert, noAlert, notClear, toDo } from './said.ts'
import { takenFromOthers, tenantInconclusive, tenantMissed } from './tenants.ts'
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
  tenantMissed,
  noProviderLeft,
  alertMissing,
  alertUnexpected,
  errorsPassed,
  classDiffers,
  truncatedStreams,
  emptyAnswers,
  slowAfterFailover,
  noCircuit,
  flapping,
  takenFromOthers,
  neverFailsBack,
  failbackNotReached,
  faultSkipped,
  recoveryFailures,
  baselineFailures,
  headerDisagrees,
  streamsHeldBack,
  budgetHeavy,
  failbackSlow,
  taxHigh,
  missingMarker,
  objectiveInconclusive,
  tenantInconclusive,
  missingAlert,
  noAlert,
  notClear,
  toDo,
]

const SEVERITIES = ['critical', 'major', 'minor', 'info'] as const
const QUARTER_DAYS = 13 * 7

/**
 * Applies every rule; worst first, numbered F1, F2, …, with what the debrief settled about each, to be tested again one
 * quarter (13 weeks) after the drill.
 */
export function findAll(about: Case): Finding[] {
  const retest = daysAfter(new Date(about.story.started.at), QUARTER_DAYS)
  return RULES.flatMap((rule) =>
    rule.find(about).map((draft, index) => ({ rule: rule.id, key: keyOf(rule.id, index), ...draft })),
  )
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    .map(({ key, rule, severity, title, evidence, recommendation, owner, due }, index) => ({
      id: `F${index + 1}`,
      key,
      rule,
      severity,
      title,
      evidence,
      recommendation,
      ...settled(about, key, { owner: owner ?? null, due: due ?? null }),
      retest,
    }))
}

/** Names a finding so that the next drill finds it again: by its rule, and a number from the second of a rule on. */
export function keyOf(rule: string, index: number): string {
  return index === 0 ? rule : `${rule}#${index + 1}`
}

/**
 * Who does it and by when: the debrief's last word on it, as a whole, else what its note says. A day that one owner
 * named is no promise of another.
 */
function settled(
  { story }: Case,
  key: string,
  noted: Pick<Finding, 'owner' | 'due'>,
): Pick<Finding, 'owner' | 'due' | 'whyNot'> {
  const assigned = story.of('finding.assigned').findLast(({ finding }) => finding === key)
  if (assigned === undefined) return { ...noted, whyNot: null }
  const { owner, due, whyNot } = assigned
  return { owner, due, whyNot }
}
