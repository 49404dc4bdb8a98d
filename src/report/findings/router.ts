import type { ProviderRole } from '../../base/index.ts'
import { heldBack } from '../../measure/index.ts'
import { count, counted, percent, sentence } from '../format.ts'
import { cite, idsOf, meantUnder, outageName, type Case, type Draft, type Rule } from './rule.ts'

/** Share of requests that may still try the dead provider: a probe every few seconds is far below, no circuit is 1. */
const TRIES_MOST = 0.5
const LEAST_REQUESTS = 20

/** The dead provider was tried by request after request: the router has no circuit, or it does not open. */
export const noCircuit: Rule = {
  id: 'no-circuit',
  find: ({ outages, attempts, result }) =>
    outages.flatMap((outage): Draft[] => {
      const { story, result: fault } = outage
      const spreadMs = typeof story.parameters['spreadOver'] === 'number' ? story.parameters['spreadOver'] : 0
      // A fault that strikes only some requests leaves a provider that is worth trying; so does having no other.
      if ((!story.whole && spreadMs === 0) || story.beside !== null) return []
      const fromMs = (fault.inForceMs ?? Infinity) + spreadMs + result.targets.failoverMs
      const late = new Set(
        meantUnder(outage)
          .filter(({ intendedMs }) => intendedMs >= fromMs)
          .map(({ id }) => id),
      )
      const tries = attempts.filter(
        ({ provider, requestId }) => provider === story.target && requestId !== null && late.has(requestId),
      )
      const tried = new Set(tries.map(({ requestId }) => requestId))
      if (late.size < LEAST_REQUESTS || tried.size <= late.size * TRIES_MOST) return []
      return [
        {
          severity: 'major',
          title: `${sentence(outageName(outage))}: ${count(tried.size)} of ${counted(late.size, 'request')} still tried the dead ${story.target} first, after failover should have been over.`,
          evidence: cite(tries.map(({ tag }) => tag)),
          recommendation:
            'Give the router a circuit: after a few failures it should stop asking the dead provider, and look at it again with one live request every few seconds.',
        },
      ]
    }),
}

/** Changes of the serving provider that a whole fault leaves room for: one slip and back. */
const FLAPS_MOST = 2

/** Service went to and fro while the fault was in force all the time. */
export const flapping: Rule = {
  id: 'flapping',
  find: ({ outages }) =>
    outages
      .filter(({ story, result }) => story.whole && result.flaps > FLAPS_MOST)
      .map((outage): Draft => ({
        severity: 'major',
        title: `${sentence(outageName(outage))}: service changed between the providers ${counted(outage.result.flaps, 'time')} while the fault was in force.`,
        evidence: cite([
          outage.story.inForce?.id,
          ...idsOf(meantUnder(outage).filter(({ servedBy }) => servedBy === outage.story.target)),
        ]),
        recommendation:
          'Take the provider back only after several good answers, or wait longer between the looks at it.',
      })),
}

/** The router names another provider than the one whose answer the client received. */
export const headerDisagrees: Rule = {
  id: 'header-disagrees',
  find: (about) => {
    const known = claims(about)
    const wrong = about.main.filter(({ outcome, servedBy, claimedBy }) => {
      const claimed = claimedBy === null ? undefined : known.get(claimedBy.toLowerCase())
      return outcome === 'ok' && servedBy !== null && claimed !== undefined && claimed !== servedBy
    })
    if (wrong.length === 0) return []
    const compared = about.main.filter(
      ({ outcome, claimedBy }) => outcome === 'ok' && claimedBy !== null,
    ).length
    return [
      {
        severity: 'major',
        title: `The router’s own header named the wrong provider for ${count(wrong.length)} of ${counted(compared, 'answer')} (${percent(wrong.length / compared, 1)}).`,
        evidence: idsOf(wrong),
        recommendation:
          'Do not bill, alert or count failovers by this header until it is set from the attempt that really answered.',
      },
    ]
  },
}

/** Of so many streams that could tell, nearly all have to: one that came late may have waited for its client. */
const HELD_BACK = { least: 20, share: 0.9 }

/** The router hands streams on only when they are whole. */
export const streamsHeldBack: Rule = {
  id: 'streams-held-back',
  find: ({ main, attempts }) => {
    const byTag = new Map(attempts.map((attempt) => [attempt.tag, attempt]))
    const telling = main.flatMap((sample) => {
      const serving = sample.tag === null ? undefined : byTag.get(sample.tag)
      const held =
        sample.stream && sample.outcome === 'ok' && serving !== undefined
          ? heldBack(sample.firstTokenMs, serving)
          : null
      return held === null ? [] : [{ sample, held }]
    })
    const held = telling.flatMap(({ sample, held: isHeld }) => (isHeld ? [sample] : []))
    if (telling.length < HELD_BACK.least || held.length < HELD_BACK.share * telling.length) return []
    return [
      {
        severity: 'major',
        title: `The router buffers streams: in ${count(held.length)} of ${counted(telling.length, 'stream')} the client got its first content only after the provider had sent the last.`,
        evidence: idsOf(held),
        recommendation:
          'Let the router, and what stands before it, pass events on as they come: until then a first token says nothing, and a stalled stream is a slow answer that no limit on the first token catches.',
      },
    ]
  },
}

/** What a router may call each provider: its role, or its name where the two differ. A hash or model says nothing. */
function claims({ story }: Case): Map<string, ProviderRole | 'cache'> {
  const known = new Map<string, ProviderRole | 'cache'>([
    ['cache', 'cache'],
    ['primary', 'primary'],
    ['secondary', 'secondary'],
  ])
  const names = story.started.environment.providers.map(({ name }) => name.toLowerCase())
  for (const { name, role } of story.started.environment.providers) {
    const own = name.toLowerCase()
    if (!known.has(own) && names.filter((other) => other === own).length === 1) known.set(own, role)
  }
  return known
}
