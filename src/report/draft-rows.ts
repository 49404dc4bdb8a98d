import type { Result } from '../record/index.ts'
import { clock, objective } from './closing.ts'
import { listed, oneDecimal, seconds, span } from './format.ts'
import { judgeTargets, type TargetResult } from './targets.ts'

/** The numbers of a drill that a debrief is about, a short line each: name and text. */
export function draftRows(result: Result): [string, string][] {
  return [
    ['success', objective(result, 'success')],
    ['p95', objective(result, 'p95')],
    ['failover', reached(result, 'failover', 'stable after', result.targets.failoverMs)],
    ['home', reached(result, 'failback', 'again after', result.targets.failbackMs)],
    ['budget', budget(result)],
    ...(result.run.attended ? ([['you', you(result)]] satisfies [string, string][]) : []),
  ]
}

function reached({ faults, targets }: Result, id: TargetResult['id'], verb: string, mostMs: number): string {
  const judged = faults.flatMap((fault) => judgeTargets(fault, targets).filter((target) => target.id === id))
  if (judged.length === 0) return 'no fault was in force'
  const each = judged.map((target) => `${clock(target)}${target.verdict === 'missed' ? ' (missed)' : ''}`)
  return `${verb} ${listed(each)}, at most ${span(mostMs)}`
}

function budget({ errorBudget: { wouldHaveSpent, allowed, remaining } }: Result): string {
  if (wouldHaveSpent === null) return 'nothing to project'
  const left = remaining === null ? 'left: unknown' : `${oneDecimal(remaining)} left`
  return `the worst outage would spend ${oneDecimal(wouldHaveSpent)} of ${oneDecimal(allowed)}; ${left}`
}

function you({ people, run }: Result): string {
  const { noticeMs, decideMs, restoreMs, diagnoseMs } = people
  return [
    noticeMs === null ? 'no symptom noted' : `noticed ${seconds(noticeMs)}`,
    decideMs === null ? 'no decision noted' : `decided ${seconds(decideMs)}`,
    ...(run.blind ? [diagnoseMs === null ? 'fault not named' : `named it ${seconds(diagnoseMs)}`] : []),
    ...(restoreMs === null ? [] : [`restored ${seconds(restoreMs)}`]),
  ].join(', ')
}
