import { leastSample, rateNeeded } from '../../slo/index.ts'
import { describeObjective, isOnPurpose, objectivesByTenant } from '../compose/facts.ts'
import { tenantOfFault } from '../compose/tenants.ts'
import { count, counted, percent, sentence } from '../format.ts'
import { cite, hasFailed, idsOf, meantUnder, outageName, type Case, type Draft, type Rule } from './rule.ts'

/** Under a fault that is held to one tenant, a promise was broken to one: to that one, or to another that it cannot hit. */
export const tenantMissed: Rule = {
  id: 'tenant-missed',
  find: ({ outages, story }) =>
    (story.started.drill.claim === 'recovery' ? [] : outages).flatMap((outage) =>
      objectivesByTenant(outage.result, 'missed')
        .filter(({ objective }) => !isOnPurpose(story, objective.id))
        .map(({ tenant, objective }): Draft => {
          const own = outage.requests.filter((sample) => sample.tenant === tenant)
          const isStruck = tenant === tenantOfFault(outage.result)
          return {
            severity: objective.id === 'success' ? 'critical' : 'major',
            title: `${sentence(outageName(outage))}, for ${tenant}: ${describeObjective(objective)}.`,
            evidence:
              objective.id === 'success' ? idsOf(own.filter(hasFailed)) : cite([outage.story.inForce?.id]),
            recommendation: isStruck
              ? `Every request of ${tenant} had another provider to go to. Find why its failures were handed on to it: a refusal that looks like the caller’s own fault may be this provider’s alone.`
              : `${tenant} was never refused by anybody but the router. One tenant’s failures must not be held against the others: look for what the router keeps by provider or key and not by tenant.`,
          }
        }),
    ),
}

/** A drill that claims the SLO could not show it for every tenant. */
export const tenantInconclusive: Rule = {
  id: 'tenant-inconclusive',
  find: ({ outages, story }) =>
    story.started.drill.claim !== 'slo' || story.of('abort').length > 0
      ? []
      : outages.flatMap((outage) => {
          const open = objectivesByTenant(outage.result, 'inconclusive').filter(
            ({ objective }) => !isOnPurpose(story, objective.id),
          )
          if (open.length === 0) return []
          const fewest = Math.min(...open.map(({ objective }) => objective.n))
          const seconds = (outage.span.toMs - outage.span.fromMs) / 1000
          const { success } = story.started.objectives
          const share = fewest / Math.max(1, outage.requests.length)
          const rate = Math.ceil(rateNeeded(Math.max(1, seconds), success) / Math.max(share, 0.001))
          const draft: Draft = {
            severity: 'minor',
            title: `${sentence(outageName(outage))}: too little was seen to say for ${counted(new Set(open.map(({ tenant }) => tenant)).size, 'tenant')}: ${open.map(({ tenant, objective }) => `${tenant}, ${describeObjective(objective)}`).join('; ')}.`,
            evidence: cite([outage.story.inForce?.id, outage.story.gone?.id]),
            recommendation:
              fewest >= leastSample(success)
                ? 'The number lies too close to the promise to tell: drill longer or at a higher rate, or promise a little less.'
                : `Each tenant needs at least ${counted(leastSample(success), 'request')} without a failure to show ${percent(success)}: raise the rate to ${rate}/s (--rate ${rate}/s), or hold the fault longer.`,
          }
          return [draft]
        }),
}

/** So many of the others' requests elsewhere are more than a healthy router sends there on a good day. */
const ELSEWHERE_MOST = 0.05
const LEAST_REQUESTS = 20

/** One tenant's failures took a provider from tenants whom it served well. */
export const takenFromOthers: Rule = {
  id: 'taken-from-others',
  find: (about) => about.outages.flatMap((outage) => fromOthers(outage)),
}

function fromOthers(outage: Case['outages'][number]): Draft[] {
  const tenant = tenantOfFault(outage.result)
  const { target } = outage.story
  if (tenant === null || target === 'router') return []
  const others = meantUnder(outage).filter(
    (sample) => sample.tenant !== tenant && sample.outcome === 'ok' && sample.servedBy !== 'cache',
  )
  const elsewhere = others.filter(({ servedBy }) => servedBy !== null && servedBy !== target)
  if (others.length < LEAST_REQUESTS || elsewhere.length <= others.length * ELSEWHERE_MOST) return []
  return [
    {
      severity: 'minor',
      title: `${sentence(outageName(outage))}: it hit ${tenant} alone, and yet ${count(elsewhere.length)} of the ${counted(others.length, 'success', 'successes')} of the other tenants were not served by the ${target} (${percent(elsewhere.length / others.length, 1)}).`,
      evidence: idsOf(elsewhere),
      recommendation:
        'They were served, at the other provider’s price and by its model, because of a tenant they have nothing to do with. Let a circuit open on failures of more than one tenant, where only one provider’s limit for one tenant was met.',
    },
  ]
}
