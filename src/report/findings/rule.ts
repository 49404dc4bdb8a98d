import type { Attempt, Finding, Result, Sample } from '../../record/index.ts'
import type { Outage } from '../compose/faults.ts'
import type { Story } from '../compose/story.ts'
import { tenantOfFault } from '../compose/tenants.ts'

/** What rules look at: the result so far, and the records behind it. */
export interface Case {
  result: Result
  story: Story
  outages: readonly Outage[]
  /** Requests of the main lane that were sent. */
  main: readonly Sample[]
  /** Attempts of the main lane. */
  attempts: readonly Attempt[]
}

/** A finding before it is numbered, dated and given to somebody. */
export interface Draft extends Pick<Finding, 'severity' | 'title' | 'evidence' | 'recommendation'> {
  /** Where the rule's name and a number would not stay with the same thing. */
  key?: string
  /** Who does it and by when, where whoever found it said so. */
  owner?: string | null
  due?: string | null
}

/** One thing that can be wrong. Silent on a healthy drill: what a good router does on a good day is no finding. */
export interface Rule {
  /** Stable name, by which the findings of several drills compare. */
  id: string
  find(about: Case): Draft[]
}

const CITED_AT_MOST = 10

/** The ids that a finding cites: the first ten. How many there are is in its title. */
export function cite(ids: Iterable<string | null | undefined>): string[] {
  return [...ids].filter((id) => id !== null && id !== undefined).slice(0, CITED_AT_MOST)
}

export const idsOf = (samples: readonly Sample[]) => cite(samples.map(({ id }) => id))
export const hasFailed = ({ outcome }: Sample) => outcome !== 'ok'

/** Names a fault as people point at it: `fault 1 (revoke-key on primary)`, with its tenant where it is held to one. */
export function nameOf({ number, story }: Pick<Outage, 'number' | 'story'>): string {
  const tenant = tenantOfFault(story)
  return `fault ${number + 1} (${story.kind} on ${story.target}${tenant === null ? '' : `, of ${tenant} alone`})`
}

/** Names the faults of an outage: `fault 1 (revoke-key on primary)`, or both where both providers were out. */
export function outageName(outage: Pick<Outage, 'number' | 'story'>): string {
  const { number, story } = outage
  if (story.beside === null) return nameOf(outage)
  const { kind, target } = story.beside
  return `faults ${number + 1} and ${story.beside.number + 1} (${story.kind} on ${story.target}, ${kind} on ${target})`
}

/** The share of requests that may fail by the promise. */
export function allowedShare({ story }: Case): number {
  // 1 - 0.995 is 0.0050000000000000044 in binary, and six failures of 1,200 would pass for none too many.
  return Number((1 - story.started.objectives.success).toPrecision(12))
}

/** Requests that met the fault from their beginning: meant after it came into force, and before it was undone. */
export function meantUnder({ requests, story, result }: Outage): Sample[] {
  const untilMs = story.reverting?.atMs ?? result.revertedMs ?? Infinity
  return requests.filter(
    ({ intendedMs }) => intendedMs >= (result.inForceMs ?? Infinity) && intendedMs < untilMs,
  )
}
