import { GamedayError } from '../base/index.ts'
import type { FaultOf } from '../drill/index.ts'
import type { Observed } from '../record/index.ts'
import { both, controlLane, tags } from './evidence.ts'
import type { Fault, FaultSite, HandSite } from './fault.ts'
import { proveServed } from './gate-fault.ts'

/**
 * A person revokes the key in the vendor's own console. Nothing here can do it or undo it: the steps are shown, and the
 * key is asked with, at an interval, until it is refused, and in the end until it is accepted again.
 *
 * @throws Error where no hand was given
 */
export function byHand(site: FaultSite, spec: FaultOf<'by-hand'>): Fault {
  const { hand, target } = site
  if (hand === undefined) throw new Error('nobody was given who could do it by hand')
  const { provider, clock } = hand
  const steps = [...(spec.steps ?? defaultSteps(hand)), ...pasted('DELETE', hand)]
  const restoreSteps = [...(spec.restoreSteps ?? defaultRestore(hand)), ...pasted('PUT', hand)]
  let refusal = ''
  let asked = false
  let askedAtMs = -Infinity

  /** Asks with the key, and never sooner after the last time than the interval says. */
  const ask = async (stopped?: AbortSignal) => {
    const waitMs = askedAtMs + spec.probeEvery - clock.now()
    if (waitMs > 0) await clock.sleep(waitMs, stopped)
    askedAtMs = clock.now()
    return site.probe()
  }
  let lastRefusedMs: number | null = null

  return {
    kind: spec.kind,
    network: false,
    whole: true,
    byHand: true,
    undoes: 'the key was restored by hand, and is accepted again',
    plan: async () => {
      if (provider.kind === 'real' && hand.script !== null) {
        throw new GamedayError(
          `only a person can revoke the key of ${provider.name} in the vendor's console, and nobody is there`,
          { code: 'HAND_MISSING', hint: 'Run the drill in a terminal, with people.' },
        )
      }
      return {
        what: `the key of the ${target} (${provider.name}) revoked by hand in the vendor’s console`,
        change: {
          type: 'by-hand',
          url: provider.url,
          withRun: provider.kind === 'simulated' && site.stageWithRun,
          provider: provider.name,
          model: provider.model,
          keyVariable: provider.keyVariable,
          steps: restoreSteps,
        },
        undo: [],
      }
    },
    apply: async (stopped) => {
      hand.asked('revoke', steps)
      let lastAcceptedMs = clock.now()
      await hand.script?.revoke()
      for (;;) {
        const answer = await ask(stopped)
        if (isRefused(answer)) {
          refusal = `${answer.status ?? ''} ${answer.class ?? ''}`.trim()
          hand.done('revoke', lastAcceptedMs)
          return { sinceMs: lastAcceptedMs }
        }
        if (answer.outcome === 'ok') lastAcceptedMs = askedAtMs
        if (clock.now() >= hand.untilMs) {
          throw new GamedayError(
            `the key of the ${target} was not revoked by hand in time: it is still accepted`,
            {
              code: 'NOT_DONE_BY_HAND',
              hint: 'Do not revoke it any more: the drill has given up waiting for it.',
            },
          )
        }
      }
    },
    readBack: async () => {
      const words = `a question with the key was refused: ${refusal}`
      if (!asked) {
        // Just seen.
        asked = true
        return words
      }
      if ((await ask()).outcome === 'ok') throw new Error('the key was accepted again')
      return words
    },
    prove: (evidence) => {
      const refused = evidence.attempts.filter(
        ({ provider: asker, lane, startMs, failure, fault }) =>
          asker === target &&
          lane === 'main' &&
          startMs >= evidence.inForceMs &&
          fault === null &&
          (failure === 'credential' || failure === 'quota'),
      )
      return both(
        refused.length === 0
          ? 'no request of the load was refused by the provider'
          : {
              words: `${refused.length} marked request${refused.length === 1 ? '' : 's'} refused by the provider itself`,
              ids: tags(refused),
            },
        controlLane(evidence, ({ outcome }) => outcome === 'failed'),
      )
    },
    revert: async () => {
      if (lastRefusedMs === null) {
        hand.asked('restore', restoreSteps)
        lastRefusedMs = clock.now()
        await hand.script?.restore()
      }
      const answer = await ask()
      if (answer.outcome !== 'ok') {
        lastRefusedMs = askedAtMs
        throw new Error(`the key of the ${target} is not accepted again: ${answer.class ?? answer.outcome}`)
      }
      hand.done('restore', lastRefusedMs)
    },
    proveGone: () => proveServed(site, 'the key was restored by hand'),
  }
}

const isRefused = ({ outcome, class: why }: Observed) =>
  outcome === 'failed' && (why === 'credential' || why === 'quota')

const whose = ({ provider: { name, keyVariable } }: HandSite) =>
  keyVariable === null ? `the key of ${name}` : `the key of ${name} that $${keyVariable} holds`

const defaultSteps = (hand: HandSite) => [
  `In the vendor's own console, find ${whose(hand)}: the last four characters tell which it is.`,
  'Disable it; do not delete it, if there is a difference: it has to work again in a few minutes.',
]
const defaultRestore = (hand: HandSite) => [`In the vendor's own console, enable ${whose(hand)} again.`]

/** The console of a simulated vendor is a line to paste into a shell. */
function pasted(method: 'DELETE' | 'PUT', { provider: { consoleUrl } }: HandSite): string[] {
  return consoleUrl === null
    ? []
    : [`The console of this simulated vendor: curl -sS -X ${method} ${consoleUrl}`]
}
