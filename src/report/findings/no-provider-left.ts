import type { FaultTarget } from '../../base/index.ts'
import type { Attempt, Sample } from '../../record/index.ts'
import type { Outage } from '../compose/faults.ts'
import { count, counted, listed, sentence } from '../format.ts'
import { cite, hasFailed, idsOf, meantUnder, outageName, type Draft, type Rule } from './rule.ts'

const CAUSES_AT_MOST = 3

/**
 * Both providers were out and clients were told so, in whatever words: what they were told stands beside what each
 * provider had really answered, which a router's last error is known to hide (BerriAI/litellm#5764).
 */
export const noProviderLeft: Rule = {
  id: 'no-provider-left',
  find: ({ outages, attempts }) =>
    outages.flatMap((outage): Draft[] => {
      const { story } = outage
      if (story.beside === null) return []
      const under = meantUnder(outage)
      const failures = under.filter(hasFailed)
      if (failures.length === 0) return []
      const causes = [story, story.beside].map(({ kind, target }) =>
        cause(outage, attempts, { kind, target }),
      )
      return [
        {
          severity: 'major',
          title: `${sentence(outageName(outage))}: no provider was left, and ${count(failures.length)} of ${counted(under.length, 'request')} failed. Clients were told ${told(failures)}; the causes were ${listed(causes.map(({ words }) => words))}.`,
          evidence: cite([
            ...causes.flatMap(({ tags }) => tags.slice(0, CAUSES_AT_MOST)),
            ...idsOf(failures),
          ]),
          recommendation:
            'Whoever is on call needs both causes: let the router’s error and its log name what each provider answered, and not only what it said last.',
        },
      ]
    }),
}

/** What clients saw, the most frequent first: `503 server (212×)`. */
function told(failures: readonly Sample[]): string {
  return tally(failures.map(({ status, class: why, outcome }) => `${status ?? ''} ${why ?? outcome}`.trim()))
}

/** What a provider answered while it was out; where its gate saw nothing, what kept the requests from it. */
function cause(
  { result }: Outage,
  attempts: readonly Attempt[],
  { kind, target }: { kind: string; target: FaultTarget },
): { words: string; tags: string[] } {
  const failed = attempts.filter(
    ({ provider, failure, startMs }) =>
      provider === target &&
      failure !== null &&
      startMs >= (result.inForceMs ?? Infinity) &&
      startMs < (result.revertedMs ?? Infinity),
  )
  if (failed.length === 0)
    return { words: `at the ${target} ${kind}, of which its gate saw no attempt`, tags: [] }
  const answers = tally(
    failed.map(({ status, code, failure }) => `${status ?? ''} ${code ?? failure}`.trim()),
  )
  return { words: `at the ${target} ${answers}`, tags: failed.map(({ tag }) => tag) }
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, CAUSES_AT_MOST)
    .map(([word, times]) => `${word} (${count(times)}×)`)
    .join(', ')
}
