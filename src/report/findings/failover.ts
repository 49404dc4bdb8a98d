import { describeTarget } from '../compose/facts.ts'
import type { Outage } from '../compose/faults.ts'
import { count, percent, seconds, sentence, span } from '../format.ts'
import { judgeTargets, type TargetResult } from '../targets.ts'
import { cite, idsOf, outageName, type Case, type Draft, type Rule } from './rule.ts'

const missed = ({ result: { targets }, outages }: Case, id: TargetResult['id']) =>
  outages.flatMap((outage) =>
    judgeTargets(outage.result, targets)
      .filter((target) => target.id === id && target.verdict === 'missed')
      .map((target) => ({ outage, target })),
  )

/** Stable service came, but later than the drill allows. */
export const failoverSlow: Rule = {
  id: 'failover-slow',
  find: (about) =>
    missed(about, 'failover')
      .filter(({ target }) => target.observedMs !== null)
      .map(({ outage, target }): Draft => ({
        severity: 'major',
        title: `${sentence(outageName(outage))}: ${describeTarget(target)}.`,
        evidence: cite([
          ...outage.result.failedSamples,
          ...outage.result.slowSamples,
          outage.story.inForce?.id,
        ]),
        recommendation: whatHeldItUp(outage, target.targetMs),
      })),
}

/** Says which part of the failover took the time. */
function whatHeldItUp({ story, result: { detectMs, tripMs, switchMs } }: Outage, targetMs: number): string {
  if (story.target === 'router')
    return 'Bypass a dead router sooner: let the process restart by itself, or give whoever is on call one command for it.'
  if (detectMs !== null && detectMs > targetMs / 2)
    return `The first sign of the fault took ${seconds(detectMs)}: shorten the router’s timeouts for headers and for the first token.`
  if (tripMs !== null && tripMs > targetMs / 2)
    return `The circuit took ${seconds(tripMs)} to open: open it after fewer failures.`
  if (switchMs !== null && switchMs > targetMs / 2)
    return `The first answer of the other provider took ${seconds(switchMs)}: keep its connections warm and look at what a failed attempt waits for.`
  return 'The router switched in time but did not stay: look at the cited requests for what still failed or waited after the switch.'
}

/** Stable service never came while the fault lasted. */
export const failoverNotReached: Rule = {
  id: 'failover-not-reached',
  find: (about) =>
    missed(about, 'failover')
      .filter(({ target }) => target.observedMs === null)
      .map(({ outage, target }): Draft => ({
        severity: 'critical',
        title: `${sentence(outageName(outage))}: ${describeTarget(target)}.`,
        evidence: cite([
          ...outage.result.failedSamples,
          ...outage.result.slowSamples,
          outage.story.inForce?.id,
        ]),
        recommendation:
          outage.story.target === 'router'
            ? 'The way round the router did not lead to stable service: check that a restart with BYPASS_ROUTER=true takes its port, and that the primary takes the whole load.'
            : outage.story.beside !== null
              ? 'Nothing can fail over when no provider is left: decide what answers then (a cache, a third provider, an honest message), and drill that.'
              : outage.result.switchMs === null
                ? 'No request was answered by the other provider: check that the router has it as a target, holds a working key for it, and treats this failure as one to fail over on.'
                : 'Some requests did go to the other provider: find the class of request or failure that does not, and drill it alone.',
      })),
}

/** Service went home, but later than the drill allows. */
export const failbackSlow: Rule = {
  id: 'failback-slow',
  find: (about) =>
    missed(about, 'failback')
      .filter(({ target }) => target.observedMs !== null)
      .map(({ outage, target }): Draft => ({
        severity: 'minor',
        title: `${sentence(outageName(outage))}: ${describeTarget(target)}.`,
        evidence: cite([outage.story.reverted?.id, outage.story.gone?.id]),
        recommendation: 'Let the router probe the provider that failed more often while its circuit is open.',
      })),
}

interface Homeless {
  outage: Outage
  target: TargetResult
  after: Case['main']
  /** Successes after the revert that the stand-in served. */
  elsewhere: Case['main']
}

function homeless(about: Case): Homeless[] {
  return missed(about, 'failback')
    .filter(({ target }) => target.observedMs === null)
    .map(({ outage, target }) => {
      const fromMs = outage.result.goneMs ?? outage.result.revertedMs ?? Infinity
      const after = outage.requests.filter(
        ({ intendedMs, outcome }) => intendedMs >= fromMs && outcome === 'ok',
      )
      const elsewhere = after.filter(
        ({ servedBy }) => servedBy !== null && servedBy !== 'cache' && servedBy !== outage.story.target,
      )
      return { outage, target, after, elsewhere }
    })
}

const stays = ({ outage, after, elsewhere }: Homeless) =>
  outage.story.target !== 'router' && after.length > 0 && elsewhere.length / after.length > 0.5

/** The provider was well again and the router went on without it. */
export const neverFailsBack: Rule = {
  id: 'never-fails-back',
  find: (about) =>
    homeless(about)
      .filter(stays)
      .map(({ outage, target, after, elsewhere }): Draft => ({
        severity: 'major',
        title: `${sentence(outageName(outage))}: ${count(elsewhere.length)} of ${count(after.length)} answers after the restore still came from the other provider; ${describeTarget(target)}.`,
        evidence: cite([outage.story.gone?.id, ...elsewhere.map(({ id }) => id)]),
        recommendation:
          'Give the router a way home: a half-open state that tries the restored provider on a live request every few seconds. Without it the next outage, of the secondary, finds nobody.',
      })),
}

/** Service was tried at home again, but it was not stable there. */
export const failbackNotReached: Rule = {
  id: 'failback-not-reached',
  find: (about) =>
    homeless(about)
      .filter((one) => !stays(one))
      .map(({ outage, target }): Draft => ({
        severity: 'major',
        title: `${sentence(outageName(outage))}: ${describeTarget(target)}.`,
        evidence: cite([
          outage.story.gone?.id,
          ...idsOf(
            outage.requests.filter(
              ({ outcome, intendedMs }) =>
                outcome !== 'ok' && intendedMs >= (outage.result.revertedMs ?? Infinity),
            ),
          ),
        ]),
        recommendation:
          'The restored provider was proven well, yet service on it was not stable: look at what failed or waited after the restore before the next drill.',
      })),
}

/** Every request pays for the failover, long after it is over. */
export const taxHigh: Rule = {
  id: 'tax-high',
  find: (about) =>
    missed(about, 'tax').map(({ outage, target }): Draft => ({
      severity: 'minor',
      title: `${sentence(outageName(outage))}: ${describeTarget(target)}, for every request while the router was failed over.`,
      evidence: cite([outage.story.inForce?.id]),
      recommendation:
        'Look for what a request waits for before it reaches the healthy provider: a connection to the dead one, or a look at it that every request takes.',
    })),
}

/** Past the time that failover may take, more requests than a p95 allows still waited too long. */
export const slowAfterFailover: Rule = {
  id: 'slow-after-failover',
  find: ({ outages, result, story }) =>
    outages.flatMap((outage): Draft[] => {
      const limitMs = story.started.objectives.p95Ms
      const fromMs = (outage.result.inForceMs ?? 0) + result.targets.failoverMs
      const late = outage.requests.filter(
        ({ intendedMs, outcome }) => intendedMs >= fromMs && outcome === 'ok',
      )
      const slow = late.filter(({ intendedMs, endMs }) => (endMs ?? Infinity) - intendedMs >= limitMs)
      // A p95 allows one in twenty; below forty requests that is a matter of one or two.
      if (late.length < 40 || slow.length <= late.length * 0.05) return []
      return [
        {
          severity: 'major',
          title: `${sentence(outageName(outage))}: ${count(slow.length)} of ${count(late.length)} answers (${percent(slow.length / late.length, 1)}) took ${span(limitMs)} or longer, although failover should have been over.`,
          evidence: idsOf(slow),
          recommendation:
            'Either requests still wait for the faulted provider before they move on, or the other provider is too slow for the promise: the attempts of the cited requests tell which.',
        },
      ]
    }),
}
