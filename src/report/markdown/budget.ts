import type { Result } from '../../record/index.ts'
import { needsPostmortem } from '../../slo/index.ts'
import type { Story } from '../compose/story.ts'
import { count, oneDecimal, percent, requestRate, span } from '../format.ts'
import { escapeMarkdown } from './escape.ts'

type Budget = Result['errorBudget']

/** The error budget in sentences: what is allowed, what such an outage would spend, what the drill did spend. */
export function budgetLines({ errorBudget }: Result, { started }: Story): string[] {
  const { objectives, traffic } = started
  return [
    allowance(errorBudget, objectives.success),
    ...outage(errorBudget),
    spent(errorBudget, traffic.countsAgainstBudget),
    ...freeze(errorBudget),
  ]
}

function allowance(
  { windowDays, requests, allowed, spentBefore, spentFrom, remaining }: Budget,
  target: number,
): string {
  const head = `The promise of ${percent(target)} over ${count(requests)} requests in ${count(windowDays)} days allows **${oneDecimal(allowed)}** failures.`
  if (spentBefore === null || remaining === null) {
    return `${head} How many of them this window had already spent before the drill is not known, so neither is what is left; state it as \`errorBudget.spent\` in gameday.yaml.`
  }
  return `${head} ${oneDecimal(spentBefore)} were spent before the drill${SAYS[spentFrom ?? 'nobody']}; **${oneDecimal(remaining)}** are left.`
}

const SAYS = { log: ', by the request log', config: ', by gameday.yaml', nobody: '' } as const

function outage(budget: Budget): string[] {
  const {
    failureRatio,
    outageMs,
    wouldHaveSpent,
    fourHoursWouldSpend,
    trafficPerSecond,
    burnRate,
    hoursToExhaust,
    allowed,
  } = budget
  if (failureRatio === null || outageMs === null || wouldHaveSpent === null || fourHoursWouldSpend === null)
    return ['Without a request in an outage there is nothing to project.']
  const traffic = `${requestRate(trafficPerSecond)} of real traffic`
  const head = `At ${traffic}, the worst outage (${percent(failureRatio)} failed for ${span(outageMs)}) would have spent **${oneDecimal(wouldHaveSpent)}** failures, and four hours of it ${oneDecimal(fourHoursWouldSpend)}.`
  const line = `the 20 % line (${oneDecimal(0.2 * allowed)} failures in one incident)`
  const postmortem = needsPostmortem({ wouldHaveSpent, allowed })
    ? `That is over ${line}: a postmortem is due.`
    : `That is within ${line}: no postmortem is due.`
  return [`${head} ${lasting(burnRate, hoursToExhaust)}`, postmortem]
}

/** For how long the budget would last in such an outage. */
function lasting(burnRate: number | null, hours: Budget['hoursToExhaust']): string {
  if (burnRate === 0)
    return hours === 0
      ? 'Nothing is left of the budget, but this would not have cost more.'
      : 'It would never use the budget up.'
  const fast =
    burnRate === null
      ? 'No failure is allowed at all'
      : `That burns the budget ${oneDecimal(burnRate)} times as fast as the window allows`
  if (hours === null || hours === 'inf') return `${fast}; how long what is left would last is not known.`
  return hours === 0
    ? `${fast}, and nothing is left of it.`
    : `${fast} and would use up what is left in ${span(hours * 3_600_000)}.`
}

function spent({ spentByDrill }: Budget, counts: boolean): string {
  return `The drill itself spent **${oneDecimal(spentByDrill)}**: its load ${counts ? 'counts as real traffic' : 'was synthetic'}.`
}

function freeze({ freeze, despiteFreeze }: Budget): string[] {
  return [
    freeze
      ? '**The budget is spent: freeze.** Nothing risky is released, and no drill starts without a stated reason, until the window has recovered.'
      : 'No freeze.',
    ...(despiteFreeze === null
      ? []
      : [`This drill was started despite a freeze, for this reason: ${escapeMarkdown(despiteFreeze)}`]),
  ]
}
