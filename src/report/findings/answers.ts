import type { Sample } from '../../record/index.ts'
import { count, counted, percent, sentence } from '../format.ts'
import { allowedShare, hasFailed, idsOf, meantUnder, outageName, type Draft, type Rule } from './rule.ts'

/** A finding about every request of the main lane that shows a sign which a good router never shows. */
function anyOf(
  id: string,
  sign: (sample: Sample) => boolean,
  draft: (n: number) => Pick<Draft, 'severity' | 'title' | 'recommendation'>,
): Rule {
  return {
    id,
    find: ({ main }) => {
      const shown = main.filter(sign)
      return shown.length === 0 ? [] : [{ ...draft(shown.length), evidence: idsOf(shown) }]
    },
  }
}

/** Streams ended in the middle as if they were complete. */
export const truncatedStreams = anyOf(
  'truncated-stream',
  ({ outcome }) => outcome === 'truncated',
  (n) => ({
    severity: 'major',
    title: `${counted(n, 'stream')} ended in the middle without an error: the client has half an answer and cannot tell.`,
    recommendation:
      'When a provider breaks off after the first content, the router has to send an explicit error event and never a clean end; clients should treat a stream without its terminal marker as failed.',
  }),
)

/** Answers were complete but for the marker that says so. */
export const missingMarker = anyOf(
  'missing-marker',
  ({ outcome, missingMarker: missing }) => outcome === 'ok' && missing,
  (n) => ({
    severity: 'minor',
    title: `${counted(n, 'stream')} had a finish reason but not the terminal marker.`,
    recommendation:
      'Pass the provider’s [DONE] through: strict clients wait for it, and take its absence for a cut stream.',
  }),
)

/** A 200 with nothing in it went to a client. */
export const emptyAnswers = anyOf(
  'empty-answer',
  ({ class: why }) => why === 'empty',
  (n) => ({
    severity: 'major',
    title: `${counted(n, 'answer')} came as a success with nothing in ${n === 1 ? 'it' : 'them'}.`,
    recommendation:
      'Judge an answer by its content and not by its status: an empty 200 is a failure, to be tried at the other provider.',
  }),
)

/** Failures that another provider would not have had: no reason to let a client see even one. */
const ALWAYS_AVOIDABLE = new Set(['credential', 'quota'])

/** Failures that have a rule of their own. */
const OWN_RULE = new Set(['truncated', 'empty'])

/** The provider's errors were handed to clients although another provider was well. */
export const errorsPassed: Rule = {
  id: 'errors-passed',
  find: (about) =>
    about.outages.flatMap((outage) => {
      // Where no provider was left, the failures have another rule: noProviderLeft. Where the router was dead, they are its.
      if (outage.story.beside !== null || outage.story.target === 'router') return []
      const under = meantUnder(outage)
      const byClass = new Map<string, Sample[]>()
      for (const sample of under.filter(hasFailed)) {
        const why = sample.class ?? sample.outcome
        byClass.set(why, [...(byClass.get(why) ?? []), sample])
      }
      return [...byClass]
        .filter(([why]) => !OWN_RULE.has(why))
        .filter(
          ([why, failures]) =>
            ALWAYS_AVOIDABLE.has(why) ||
            (failures.length >= 3 && failures.length > allowedShare(about) * under.length),
        )
        .map(([why, failures]): Draft => ({
          severity: 'major',
          title: `${sentence(outageName(outage))}: ${count(failures.length)} of ${counted(under.length, 'request')} (${percent(failures.length / under.length, 1)}) failed as “${why}” although the other provider was well${statuses(failures)}.`,
          evidence: idsOf(failures),
          recommendation: ALWAYS_AVOIDABLE.has(why)
            ? 'Treat a refused key or a spent quota as a reason to go to the next provider at once, whatever its HTTP status; a client cannot repair either.'
            : 'Let the router try the other provider on failures of this class before the client sees one.',
        }))
    }),
}

function statuses(failures: readonly Sample[]): string {
  const seen = [...new Set(failures.map(({ status }) => status).filter((status) => status !== null))].sort(
    (a, b) => a - b,
  )
  return seen.length === 0 ? '' : ` (HTTP ${seen.slice(0, 4).join(', ')})`
}

const LEAST_GROUP = 50
const LEAST_FAILURES = 5

const DIMENSIONS: { what: string; of: (sample: Sample) => string }[] = [
  { what: 'kind of answer', of: ({ stream }) => (stream ? 'streams' : 'plain answers') },
  { what: 'feature', of: ({ feature }) => `feature ${feature}` },
  { what: 'tenant', of: ({ tenant }) => `tenant ${tenant}` },
]

/** Under a fault, one class of request broke the promise while the rest of the load kept it. */
export const classDiffers: Rule = {
  id: 'class-differs',
  find: (about) =>
    about.outages.flatMap((outage) => {
      const under = meantUnder(outage)
      return DIMENSIONS.flatMap(({ what, of }) =>
        [...new Set(under.map(of))].flatMap((name): Draft[] => {
          const inside = under.filter((sample) => of(sample) === name)
          const outside = under.filter((sample) => of(sample) !== name)
          const failures = inside.filter(hasFailed)
          const others = outside.filter(hasFailed)
          const breaks =
            failures.length >= LEAST_FAILURES && failures.length > allowedShare(about) * inside.length
          const kept = outside.length >= LEAST_GROUP && others.length <= allowedShare(about) * outside.length
          if (!breaks || !kept) return []
          return [
            {
              severity: 'major',
              title: `${sentence(outageName(outage))}: ${count(failures.length)} of ${count(inside.length)} requests of ${name} failed, and ${others.length === 0 ? 'none' : count(others.length)} of the other ${count(outside.length)}.`,
              evidence: idsOf(failures),
              recommendation: `Failover depends on the ${what}: find where the router treats ${name} apart, and drill that class alone.`,
            },
          ]
        }),
      )
    }),
}
