import { tPlus } from '../../base/index.ts'
import { unrestored, unrestoredChanges } from '../compose/rollback.ts'
import { sentence } from '../format.ts'
import { cite, nameOf, type Draft, type Rule } from './rule.ts'

/** Something may still be broken. */
export const faultNotGone: Rule = {
  id: 'fault-not-gone',
  find: ({ story }) =>
    unrestored(story).map((fault): Draft => ({
      severity: 'critical',
      title: `${sentence(nameOf({ number: fault.number, story: fault }))} may still be in force: ${fault.notGone?.reason ?? 'the records end before it was proven gone'}.`,
      evidence: cite([fault.requested?.id, fault.notGone?.id, fault.undone?.id]),
      recommendation:
        'Run `gameday recover` now, or undo it by hand with the commands under “Safety”, and check that the provider answers.',
    })),
}

/** A proxy of the run's may still be there. */
export const changeNotUndone: Rule = {
  id: 'change-not-undone',
  find: ({ story }) =>
    unrestoredChanges(story).map(({ recorded, undone }): Draft => ({
      severity: 'critical',
      title: `${sentence(recorded.what)} may still be there: ${undone?.detail ?? 'the records end before it was taken back'}.`,
      evidence: cite([recorded.id, undone?.id]),
      recommendation: 'Run `gameday recover`; its rollback record names the calls for doing it by hand.',
    })),
}

/** The watchdog had to do what the run should have done. */
export const watchdogUndid: Rule = {
  id: 'watchdog-undid',
  find: ({ story }) =>
    story.of('watchdog.undoing').map((undoing): Draft => ({
      severity: 'major',
      title: `The watchdog undid the run at ${tPlus(undoing.atMs)}: ${undoing.detail}.`,
      evidence: cite([
        undoing.id,
        ...story
          .of('rollback.undone')
          .filter(({ by }) => by === 'watchdog')
          .map(({ id }) => id),
      ]),
      recommendation:
        'Find out what killed or stopped the run. Requests that failed from then on failed because the drill’s proxies were taken away: they are the tool’s doing, and no failure of the system.',
    })),
}

/** Somebody else worked on the same proxy during the drill. */
export const changedByOthers: Rule = {
  id: 'changed-by-others',
  find: ({ story }) =>
    story
      .of('rollback.undone')
      .filter(({ theirs }) => theirs !== undefined)
      .map((undone): Draft => ({
        severity: 'major',
        title: `${sentence((undone.theirs ?? []).join('; '))}.`,
        evidence: cite([undone.id]),
        recommendation:
          'Ask who it was: what was measured while two were at the same proxy is neither’s result.',
      })),
}
