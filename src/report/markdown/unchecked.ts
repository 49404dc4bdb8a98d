import { tPlus } from '../../base/index.ts'
import { alertGate } from '../../drill/index.ts'
import type { Result } from '../../record/index.ts'
import type { Story } from '../compose/story.ts'
import { count, counted, listed, requestRate } from '../format.ts'
import { isBeside } from '../own-outage.ts'
import { faultLabel } from '../words.ts'
import { escapeMarkdown } from './escape.ts'

const WHY_UNCLAIMED: Record<Result['drill']['claim'], string> = {
  slo: 'at least one promise is inconclusive',
  behaviour: 'this drill checks behaviour',
  recovery: 'this drill checks how fast service comes back',
}

/** What the drill did not show, so that nobody reads it into the result. */
export function uncheckedLines(result: Result, story: Story): string[] {
  return [...scope(result, story), ...statistics(result), ...unseen(result), ...surroundings(result, story)]
}

function scope({ faults }: Result, story: Story): string[] {
  const ran = faults.filter(({ inForceMs }) => inForceMs !== null)
  const kinds = [...new Set(ran.map(({ kind, target }) => escapeMarkdown(`${kind} on the ${target}`)))]
  const skipped = faults
    .map((fault, index) => ({ fault, index }))
    .filter(({ fault }) => fault.inForceMs === null)
  return [
    ran.length === 0
      ? 'No fault was in force: nothing was shown about any outage'
      : `Only ${listed(kinds)} ${ran.length === 1 ? 'was' : 'were'} tried; a provider can fail in other ways`,
    ...skipped.map(
      ({ fault, index }) =>
        `${escapeMarkdown(faultLabel(fault, index))} never came into force${fault.skipped === null ? '' : ` (${escapeMarkdown(fault.skipped)})`}`,
    ),
    ...(story.ended === null ? [`Whatever came after ${tPlus(story.lastMs)}: the records end there`] : []),
  ]
}

function statistics({ drill, faults }: Result): string[] {
  const ran = faults.filter(({ inForceMs }) => inForceMs !== null)
  const open = ran.some(({ objectives }) => objectives.some(({ verdict }) => verdict === 'inconclusive'))
  const ns = listed(ran.map(({ objectives }) => count(objectives[0]?.n ?? 0)))
  return [
    ...(ran.length > 0 && (drill.claim !== 'slo' || open)
      ? [`SLO not claimed, n = ${ns}: ${WHY_UNCLAIMED[drill.claim]}`]
      : []),
    ...(ran.length > 0
      ? [
          'Requests in an outage are not independent of each other, so the intervals are narrower than the truth; a second drill says more than a larger n',
          'This was one run; failover times vary from run to run',
        ]
      : []),
  ]
}

function unseen({ faults, load }: Result): string[] {
  return [
    ...faults.flatMap((fault, index) =>
      Object.entries(fault.notObservable).map(
        ([clock, why]) =>
          `${escapeMarkdown(faultLabel(fault, index))}: the clock “${escapeMarkdown(clock)}” could not be read: ${escapeMarkdown(why)}`,
      ),
    ),
    ...(load.unmatched > 0
      ? [`Who served ${counted(load.unmatched, 'success', 'successes')} is not known`]
      : []),
    ...faults.flatMap((fault, index) =>
      fault.inForceMs !== null && !isBeside(fault) && fault.withoutRouter.requests === 0
        ? [
            `${escapeMarkdown(faultLabel(fault, index))}: no request went beside the router, so what it saved is not known`,
          ]
        : [],
    ),
  ]
}

/** gameday watches no alert by itself; whether one fired, people can say. */
function alerting(story: Story): string {
  const answered = story
    .of('gate.decided')
    .some(({ gate, by }) => gate.startsWith(alertGate('')) && by === 'person')
  return answered
    ? 'gameday watched no alert: whether one fired is what people said'
    : 'No alert was watched: whether anybody would have been called is not known'
}

function surroundings({ environment, run, errorBudget, alerts }: Result, story: Story): string[] {
  const simulated = environment.providers.filter(({ kind }) => kind === 'simulated').map(({ role }) => role)
  const { perSecond } = story.started.load
  return [
    ...(simulated.length > 0
      ? [
          `The ${listed(simulated)} ${simulated.length === 1 ? 'was' : 'were'} simulated: real latencies, limits and error texts differ`,
        ]
      : []),
    ...(story.started.traffic.countsAgainstBudget
      ? []
      : [`The load was synthetic (${requestRate(perSecond)} from a file of prompts), not real users’`]),
    ...(run.attended ? [] : ['Nobody attended: how fast people notice, decide and restore was not measured']),
    ...(alerts.length === 0 ? [alerting(story)] : []),
    ...(errorBudget.spentBefore === null
      ? ['How much of the error budget was spent before is not known']
      : []),
  ]
}
