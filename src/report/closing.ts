import { tPlus } from '../base/index.ts'
import type { ObjectiveResult, Result } from '../record/index.ts'
import { count, counted, listed, oneDecimal, seconds, span } from './format.ts'
import { judgeTargets, type TargetResult } from './targets.ts'
import { findingsText, observedText, targetText, verdictWord } from './words.ts'

/** Says how a drill went in the last lines of the terminal: the verdict, five lines of numbers, and where the report is. */
export function closingLines(result: Result, reportPath: string): string[] {
  const alerts = alertsText(result)
  const rows: [string, string][] = [
    ['requests', requests(result)],
    ['p95', objective(result, 'p95')],
    ['failover', failover(result)],
    ['budget', budget(result)],
    ...(alerts === null ? [] : [['alerts', alerts] as [string, string]]),
    ['findings', findingsText(result)],
    ['report', reportPath],
  ]
  return [
    `${verdictWord(result)}: ${result.decidedBy}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(10)}${text}`),
  ].map(visible)
}

/** What a record says may come from a provider; it must not steer the terminal. */
export const visible = (line: string) => line.replace(/\p{Cc}+/gu, ' ')

function requests(result: Result): string {
  const { load, phases, objectives } = result
  const failed = phases.reduce((sum, phase) => sum + phase.failed, 0)
  const [success] = objectives
  const sent = `${counted(load.sent, 'request')} sent, ${failed === 0 ? 'none' : count(failed)} failed`
  return success === undefined || success.observed === null
    ? sent
    : `${sent}; in the outages ${objective(result, 'success')}`
}

/** An objective over all outages that there were: what was seen of it, each with its verdict unless met, and the promise. */
export function objective({ faults }: Result, id: ObjectiveResult['id']): string {
  const own = faults.flatMap(({ objectives }) => objectives.filter((one) => one.id === id))
  const [first] = own
  if (first === undefined) return 'no fault was in force'
  const marked = own.map((one) => `${observedText(one)}${one.verdict === 'met' ? '' : ` (${one.verdict})`}`)
  return `${listed(marked)}, promised ${targetText(first)}`
}

function failover({ faults, targets }: Result): string {
  const judged = faults.map((fault) => judgeTargets(fault, targets)).filter((one) => one.length > 0)
  if (judged.length === 0) return 'no fault was in force'
  const each = (id: TargetResult['id']) =>
    listed(judged.map((one) => clock(one.find((target) => target.id === id))))
  return `stable after ${each('failover')} (at most ${span(targets.failoverMs)}), home after ${each('failback')} (at most ${span(targets.failbackMs)})`
}

/** A failover clock as it was reached, or how long was waited for it. */
export function clock(target: TargetResult | undefined): string {
  if (target?.observedMs != null) return seconds(target.observedMs)
  return target?.waitedMs == null ? 'an unknown time' : `more than ${seconds(target.waitedMs)}`
}

/** Which alerts fired, and which should have; null where none did and the drill demands nothing of them. */
function alertsText({ alerts }: Result): string | null {
  const told = alerts.flatMap(({ rule, expected, firedMs }) => {
    if (firedMs !== null)
      return `${rule} fired at ${tPlus(firedMs)}${expected === false ? ', and was not to' : ''}`
    return expected === true ? `${rule} had to fire and did not` : []
  })
  if (told.length > 0) return listed(told)
  return alerts.some(({ expected }) => expected !== null) ? 'none fired' : null
}

function budget({ errorBudget: { wouldHaveSpent, allowed, remaining, spentByDrill } }: Result): string {
  const left = remaining === null ? 'how many are left is not known' : `${oneDecimal(remaining)} left`
  const outage =
    wouldHaveSpent === null
      ? 'nothing to project'
      : `the worst outage would have spent ${oneDecimal(wouldHaveSpent)}`
  return `${outage} of ${oneDecimal(allowed)} failures; the drill spent ${oneDecimal(spentByDrill)}; ${left}`
}
