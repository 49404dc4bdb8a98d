import { tPlus } from '../../base/index.ts'
import type { FaultResult, ObjectiveResult, Result } from '../../record/index.ts'
import { count, counted, percent, seconds, span, timeOrInfinite, usdOrInfinite } from '../format.ts'
import { judgeTargets, type TargetResult } from '../targets.ts'
import type { VerdictFacts } from '../verdict.ts'
import { wrongAlerts } from './alerts.ts'
import { DISPATCH_LAG_MOST_MS, DROPPED_MOST, UNMATCHED_MOST, type LoadResult } from './load.ts'
import { changesNotUndoneByRun, unrestored, unrestoredChanges } from './rollback.ts'
import type { EntryOf, Story } from './story.ts'
import { judgedTenants } from './tenants.ts'

/** What the facts are established from. */
export interface Measured {
  story: Story
  faults: FaultResult[]
  targets: Result['targets']
  load: LoadResult
  /** Successes of the main lane. */
  ok: number
  alerts: Result['alerts']
}

/** Establishes what can decide the drill, each with its rule and its evidence. */
export function establishFacts(measured: Measured): VerdictFacts {
  const { story } = measured
  const { ended } = story
  const abort = story.of('abort')[0]
  const failure = story.of('error').at(-1)
  const wasSignalled = ended?.reason === 'signal' || abort?.by === 'signal'
  return {
    rollbackFailed: first([
      ...unrestored(story).map(
        ({ number, kind, target, notGone }) =>
          `nothing proves that fault ${number + 1} (${kind} on ${target}) is gone${notGone === null ? '' : `: ${notGone.reason} [${notGone.id}]`}`,
      ),
      ...unrestoredChanges(story).map(
        ({ recorded, undone }) =>
          `nothing proves that ${recorded.what} was taken back${undone === null ? ` [${recorded.id}]` : `: ${undone.detail} [${undone.id}]`}`,
      ),
    ]),
    internalError:
      ended?.reason === 'error'
        ? `${failure === undefined ? `${ended.detail} [${ended.id}]` : `${failure.message} (${failure.code}) [${failure.id}]`}`
        : null,
    signalled: wasSignalled ? `${stopped(abort, ended)}; ${putBack(story)}` : null,
    aborted:
      !wasSignalled && (abort !== undefined || ended?.reason === 'abort')
        ? `${stopped(abort, ended)}; ${putBack(story)}`
        : null,
    notReady: ended?.reason === 'not-ready' ? `${notReady(story)} [${ended.id}]` : null,
    weak: first(weaknesses(measured)),
    unproven: first(doubts(measured)),
  }
}

/** The first reason decides; how many more there are is said. */
function first(reasons: readonly string[]): string | null {
  const [reason, ...more] = reasons
  if (reason === undefined) return null
  return more.length === 0 ? reason : `${reason}; and ${counted(more.length, 'more reason')}`
}

function stopped(abort: EntryOf<'abort'> | undefined, ended: EntryOf<'run.ended'> | null): string {
  if (abort === undefined) return `${ended?.detail ?? 'stopped'}${ended === null ? '' : ` [${ended.id}]`}`
  if (abort.by === 'signal') return `${abort.reason} stopped the drill [${abort.id}]`
  return `${stopper(abort)} stopped the drill: ${abort.reason} [${abort.id}]`
}

/** Who a person was is in the reason, where the rule does not name them. */
function stopper({ by, rule }: EntryOf<'abort'>): string {
  if (by === 'rule') return `the rule ${rule}`
  if (by === 'script') return 'the script'
  return rule === 'person' ? 'a person' : rule
}

/** What an early end leaves behind. That nothing proves it is a fact of its own, which decides before this one. */
function putBack({ faults }: Story): string {
  return faults.some(({ requested }) => requested !== null)
    ? 'everything it broke is proven restored'
    : 'nothing had been broken'
}

function notReady(story: Story): string {
  const failed = story.of('check').filter(({ passed }) => !passed)
  return failed.length === 0
    ? (story.ended?.detail ?? '')
    : failed.map(({ check, detail, id }) => `${check}: ${detail} [${id}]`).join('; ')
}

function weaknesses({ story, faults, targets, alerts }: Measured): string[] {
  const proven = faults
    .map((fault, index) => ({ fault, number: index + 1 }))
    .filter(({ fault }) => fault.provenMs !== null)
  return [
    // How long the outage lasts is a matter of people or of time, where only the recovery is claimed.
    ...(story.started.drill.claim === 'recovery' ? [] : proven).flatMap(({ fault, number }) =>
      fault.objectives
        .filter(({ id, verdict }) => verdict === 'missed' && !isOnPurpose(story, id))
        .map(
          (objective) =>
            `objective missed under ${nameOfOutage(faults, number)}: ${describeObjective(objective)}`,
        )
        .concat(
          objectivesByTenant(fault, 'missed')
            .filter(({ objective }) => !isOnPurpose(story, objective.id))
            .map(
              ({ tenant, objective }) =>
                `objective missed for ${tenant} under ${nameOfOutage(faults, number)}: ${describeObjective(objective)}`,
            ),
        ),
    ),
    ...proven.flatMap(({ fault, number }) =>
      judgeTargets(fault, targets)
        .filter(({ verdict }) => verdict === 'missed')
        .map((target) => `target missed under ${nameOfOutage(faults, number)}: ${describeTarget(target)}`),
    ),
    ...skips(story).flatMap(({ text, byPeople }) => (byPeople ? [] : [text])),
    // What never took hold cannot set an alert off.
    ...(proven.length > 0 && proven.length === faults.length
      ? wrongAlerts(alerts).map(
          ({ what, expected, detail }) =>
            `the alert “${what}” ${expected === true ? 'had to fire and did not' : 'fired and was not to'} (${detail})`,
        )
      : []),
  ]
}

/** The objectives of single tenants that came out so, where the fault is judged by tenant. */
export function objectivesByTenant(fault: FaultResult, verdict: ObjectiveResult['verdict']) {
  return judgedTenants(fault).flatMap(({ tenant, objectives }) =>
    objectives
      .filter((objective) => objective.verdict === verdict)
      .map((objective) => ({ tenant, objective })),
  )
}

/** `fault 1`; with both causes where both providers were out. */
function nameOfOutage(faults: readonly FaultResult[], number: number): string {
  const fault = faults[number - 1]
  const beside = fault?.beside === undefined ? undefined : faults[fault.beside]
  if (fault?.beside === undefined || beside === undefined) return `fault ${number}`
  return `faults ${number} and ${fault.beside + 1} (${fault.kind} on ${fault.target}, ${beside.kind} on ${beside.target})`
}

/** A drill that is to set an alert off misses what it watches on purpose. */
export function isOnPurpose({ started }: Pick<Story, 'started'>, id: ObjectiveResult['id']): boolean {
  return started.alerts?.expected?.includes(id) ?? false
}

/** Faults that were left out: for want of recovery, which is a weakness, or because people did not want them, which is none. */
function skips({ faults }: Story): { text: string; byPeople: boolean }[] {
  return faults.flatMap(({ number, requested, skipped }) =>
    requested !== null || skipped === null
      ? []
      : [
          {
            text: `fault ${number + 1} was skipped: ${skipped.reason} [${skipped.id}]`,
            byPeople: skipped.by === 'people',
          },
        ],
  )
}

function doubts({ story, faults, targets, load, ok }: Measured): string[] {
  const ran = faults
    .map((fault, index) => ({ fault, number: index + 1, story: story.faults[index] }))
    .filter(({ fault }) => fault.skipped === null)
  const reasons: string[] = []
  if (story.ended === null)
    reasons.push(`the records end at ${tPlus(story.lastMs)}${inPhase(story)}, before the drill did`)
  if (story.ended?.reason === 'unproven') reasons.push(`${story.ended.detail} [${story.ended.id}]`)
  reasons.push(...skips(story).flatMap(({ text, byPeople }) => (byPeople ? [text] : [])))
  if (ran.length === 0) reasons.push('no fault was put in force')
  for (const { fault, number, story: told } of ran) {
    if (fault.provenMs !== null) continue
    const why =
      fault.inForceMs === null
        ? 'it never came into force'
        : (told?.notProven?.reason ?? 'its effect was not seen')
    reasons.push(`fault ${number} (${fault.kind} on ${fault.target}) was not proven: ${why}`)
  }
  reasons.push(...loadDoubts(load, ok))
  for (const { recorded, failed } of changesNotUndoneByRun(story))
    reasons.push(
      `the run could not prove that ${recorded.what} was taken back: ${failed.detail} [${failed.id}]`,
    )
  for (const { fault, number, story: told } of ran) {
    if (fault.provenMs === null) continue
    if (story.started.drill.claim === 'slo') {
      for (const objective of fault.objectives) {
        if (objective.verdict === 'inconclusive' && !isOnPurpose(story, objective.id))
          reasons.push(`objective inconclusive under fault ${number}: ${describeObjective(objective)}`)
      }
      for (const { tenant, objective } of objectivesByTenant(fault, 'inconclusive')) {
        if (!isOnPurpose(story, objective.id))
          reasons.push(
            `objective inconclusive for ${tenant} under fault ${number}: ${describeObjective(objective)}`,
          )
      }
    }
    for (const target of judgeTargets(fault, targets)) {
      if (target.verdict === 'inconclusive')
        reasons.push(`target not measured under fault ${number}: ${target.id}: ${target.why ?? ''}`)
    }
    if (told !== undefined && told.notGone !== null)
      reasons.push(
        `the run could not prove that fault ${number} was gone: ${told.notGone.reason} [${told.notGone.id}]`,
      )
  }
  return reasons
}

/** Reasons not to trust the load, each with its number and its limit. */
export function loadDoubts(
  { offered, dropped, unmatched, dispatchLagP99Ms }: LoadResult,
  ok: number,
): string[] {
  const reasons: string[] = []
  if (dispatchLagP99Ms === 'inf' || (dispatchLagP99Ms ?? 0) > DISPATCH_LAG_MOST_MS) {
    reasons.push(
      `the load was late: its p99 dispatch lag was ${timeOrInfinite(dispatchLagP99Ms ?? 0)}, at most ${DISPATCH_LAG_MOST_MS} ms is trusted`,
    )
  }
  if (dropped > DROPPED_MOST * offered) {
    reasons.push(
      `the load dropped ${count(dropped)} of ${counted(offered, 'request')}, at most ${percent(DROPPED_MOST)} is trusted`,
    )
  }
  if (unmatched > UNMATCHED_MOST * ok) {
    reasons.push(
      `nobody is known to have served ${count(unmatched)} of ${counted(ok, 'success', 'successes')}, at most ${percent(UNMATCHED_MOST)} is trusted`,
    )
  }
  return reasons
}

function inPhase({ phases }: Story): string {
  const last = phases.at(-1)
  return last === undefined ? '' : ` in ${last.name}`
}

/** Says what was seen of an objective against what was promised: `success 97.1 % of 1,340 requests, promised 99.5 %`. */
export function describeObjective({ id, target, observed, n }: ObjectiveResult): string {
  if (observed === null) return `${id} could not be observed (n = ${count(n)})`
  switch (id) {
    case 'success':
      return `success ${observed === 'inf' ? '∞' : percent(observed)} of ${counted(n, 'request')}, promised at least ${percent(target)}`
    case 'p95':
      return `p95 ${observed === 'inf' ? '∞ (more than 5 % failed)' : timeOrInfinite(observed)} over ${counted(n, 'request')}, promised under ${span(target)}`
    case 'cost':
      return `average cost ${usdOrInfinite(observed)} over ${counted(n, 'success', 'successes')}, promised under ${usdOrInfinite(target)}`
  }
}

const TARGET_NAMES = { failover: 'stable service', failback: 'going home', tax: 'tax' } as const

/** Says what was seen of a failover target: `stable service after 11.8 s, at most 5.00 s allowed`. */
export function describeTarget({ id, observedMs, targetMs, waitedMs, why, because }: TargetResult): string {
  const name = TARGET_NAMES[id]
  if (id === 'tax')
    return observedMs === null
      ? `tax not measured: ${why ?? ''}`
      : `tax ${span(observedMs)}, at most ${span(targetMs)} allowed`
  if (observedMs !== null) return `${name} after ${seconds(observedMs)}, at most ${span(targetMs)} allowed`
  if (why !== null) return `${name} not measured: ${why}`
  return `${name} not reached in ${seconds(waitedMs ?? 0)}, at most ${span(targetMs)} allowed${because === undefined ? '' : `: ${because}`}`
}
