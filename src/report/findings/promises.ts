import { leastSample, needsPostmortem, rateNeeded } from '../../slo/index.ts'
import { describeObjective, isOnPurpose } from '../compose/facts.ts'
import { counted, oneDecimal, percent, requestRate, sentence, span } from '../format.ts'
import { cite, outageName, type Draft, type Rule } from './rule.ts'

const ADVICE = {
  success:
    'Follow the cited requests through the router’s log: every one of them had a healthy provider to go to. Until this is fixed, do not promise this rate for an outage of this kind.',
  p95: 'Shorten the wait before the router gives up on a provider (its first-token and header timeouts), or open its circuit after fewer failures, and drill again.',
  cost: 'Compare the two providers’ prices and the number of attempts a request takes; choose a cheaper model at the secondary or raise the promised cost.',
} as const
const ADVICE_ALONE =
  'No provider was left to keep it. Do not promise it for the time when both are out, or let something else answer then: a cache, a third provider.'

/** An objective was missed in the outage of a fault. */
export const objectiveMissed: Rule = {
  id: 'objective-missed',
  find: ({ outages, story }) =>
    (story.started.drill.claim === 'recovery' ? [] : outages).flatMap((outage) =>
      outage.result.objectives
        .filter(({ id, verdict }) => verdict === 'missed' && !isOnPurpose(story, id))
        .map((objective): Draft => {
          const { failedSamples, slowSamples } = outage.result
          return {
            severity: objective.id === 'success' ? 'critical' : 'major',
            title: `${sentence(outageName(outage))}: ${describeObjective(objective)}.`,
            evidence: cite(
              objective.id === 'cost'
                ? [outage.story.inForce?.id]
                : objective.id === 'success'
                  ? failedSamples
                  : [...slowSamples, ...failedSamples],
            ),
            recommendation:
              outage.story.beside !== null && objective.id !== 'cost' ? ADVICE_ALONE : ADVICE[objective.id],
          }
        }),
    ),
}

/** A drill that claims the SLO could not show it. */
export const objectiveInconclusive: Rule = {
  id: 'objective-inconclusive',
  find: ({ outages, story }) =>
    // A drill that was stopped saw too little because it was stopped.
    story.started.drill.claim !== 'slo' || story.of('abort').length > 0
      ? []
      : outages.flatMap((outage) =>
          outage.result.objectives
            .filter(({ id, verdict }) => verdict === 'inconclusive' && !isOnPurpose(story, id))
            .map((objective): Draft => ({
              severity: 'minor',
              title: `${sentence(outageName(outage))}: too little was seen to say: ${describeObjective(objective)}.`,
              evidence: cite([outage.story.inForce?.id, outage.story.gone?.id]),
              recommendation:
                objective.id === 'cost' && objective.observed === null
                  ? 'State the price of both models in gameday.yaml; an unknown price is never taken for nothing.'
                  : moreLoad(
                      (outage.span.toMs - outage.span.fromMs) / 1000,
                      objective.n,
                      story.started.objectives.success,
                    ),
            })),
        ),
}

function moreLoad(seconds: number, n: number, target: number): string {
  const least = leastSample(target)
  if (n >= least)
    return 'The number lies too close to the promise to tell: drill longer or at a higher rate, or promise a little less.'
  if (!Number.isFinite(least)) return `No sample can show ${percent(target)}; promise a little less.`
  const rate = Math.ceil(rateNeeded(Math.max(1, seconds), target))
  return `An outage needs at least ${counted(least, 'request')} without a failure to show ${percent(target)}: raise the rate to ${rate}/s (--rate ${rate}/s), or hold the fault longer.`
}

/** At the client's real traffic the outage would have spent more than an incident may without a postmortem. */
export const budgetHeavy: Rule = {
  id: 'budget-heavy',
  find: ({ result: { errorBudget }, outages }) => {
    const { wouldHaveSpent, allowed, trafficPerSecond, outageMs } = errorBudget
    if (wouldHaveSpent === null || !needsPostmortem({ wouldHaveSpent, allowed })) return []
    return [
      {
        severity: 'major',
        title: `At ${requestRate(trafficPerSecond)} of real traffic, an outage like this one (${span(outageMs ?? 0)}) would spend ${oneDecimal(wouldHaveSpent)} of the ${oneDecimal(allowed)} failures that the window allows.`,
        evidence: cite(outages.flatMap(({ result }) => result.failedSamples)),
        recommendation:
          'This is over the 20 % line: treat it as an incident. Write the postmortem with one thing to fix first, and hold back risky releases until a drill shows it fixed.',
      },
    ]
  },
}
