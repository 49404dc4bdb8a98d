import type { PlannedPhase } from './agenda.ts'
import type { Drill } from './drill.ts'
import { samplePlan, type SampleQuestion } from './sample-plan.ts'
import { leastDuration, scaleAgenda } from './scale.ts'

/** Standard deviations by which a random number of requests may stay behind: it does by more once in 700 outages. */
const SPREAD = 3
/** The highest rate that a drill may ask for. */
const MOST_PER_SECOND = 2000

/**
 * Finds the shortest run of a drill that people can follow, and the lowest rate, not below the one given, at which
 * every outage in it can still prove its promise, however late it is armed; the rate is left alone where none is claimed. Pure.
 *
 * @returns a whole number of requests a second where the rate is raised
 */
export function rehearsal(
  drill: Pick<Drill, 'agenda' | 'claim' | 'load'>,
  question: SampleQuestion,
): { durationMs: number; perSecond: number } {
  const durationMs = leastDuration(drill, { people: true })
  const { perSecond } = question
  if (drill.claim !== 'slo') return { durationMs, perSecond }
  const planned = scaleAgenda(drill, durationMs, { people: true })
  const least = leastRate(drill, planned, { ...question, people: true })
  return { durationMs, perSecond: Math.max(perSecond, least) }
}

/**
 * Finds the lowest rate at which every outage of an agenda can prove its promise, however late people arm it and with
 * what chance may take off. Pure.
 *
 * @returns a whole number of requests a second
 */
export function leastRate(
  { load }: Pick<Drill, 'load'>,
  planned: readonly PlannedPhase[],
  question: SampleQuestion,
): number {
  const rates = samplePlan(planned, question).map(
    ({ needed, leastShare, leastMs }) => (sent(needed, { load }) * 1000) / leastShare / leastMs,
  )
  return Math.min(MOST_PER_SECOND, Math.ceil(Math.max(...rates)))
}

/** How many requests to plan for, so that so many are sent. */
function sent(needed: number, { load }: Pick<Drill, 'load'>): number {
  if (load.arrivals === 'uniform') return needed
  // A Poisson number of mean m has the deviation √m: solves m - SPREAD √m = needed.
  return ((SPREAD + Math.sqrt(SPREAD ** 2 + 4 * needed)) / 2) ** 2
}
