import { UNMATCHED_MOST } from '../compose/load.ts'
import { loadDoubts } from '../compose/facts.ts'
import { counted, sentence } from '../format.ts'
import { tPlus } from '../../base/index.ts'
import { cite, idsOf, nameOf, type Draft, type Rule } from './rule.ts'

/** The load was late or left requests out. */
export const loadNotTrusted: Rule = {
  id: 'load-not-trusted',
  find: ({ result, story }) =>
    loadDoubts({ ...result.load, unmatched: 0 }, 1).map((doubt): Draft => ({
      severity: 'major',
      title: `${sentence(doubt)}.`,
      evidence: cite([story.of('load.summary').at(-1)?.id]),
      recommendation:
        'Run the drill at a lower rate or on a quieter machine: until then none of its times is to be relied on.',
    })),
}

/** Too many answers came from nobody known. */
export const unmatched: Rule = {
  id: 'unmatched',
  find: ({ main }) => {
    const successes = main.filter(({ outcome }) => outcome === 'ok')
    const lost = successes.filter(({ servedBy }) => servedBy === null)
    if (lost.length <= UNMATCHED_MOST * successes.length) return []
    return [
      {
        severity: 'major',
        title: `${sentence(loadDoubts({ offered: 1, sent: 1, dropped: 0, dispatchLagP99Ms: null, unmatched: lost.length }, successes.length).join('; '))}.`,
        evidence: idsOf(lost),
        recommendation:
          'The router changes the answer’s id, strips the marker from the prompt, or goes round the stage: let both pass, or who served cannot be told.',
      },
    ]
  },
}

/** A fault was asked for and its effect on the load was never seen. */
export const faultNotProven: Rule = {
  id: 'fault-not-proven',
  find: ({ story }) =>
    story.faults
      .filter(({ requested, proven }) => requested !== null && proven === null)
      .map((fault): Draft => ({
        severity: 'major',
        title: `${sentence(nameOf({ number: fault.number, story: fault }))}: nothing shows that it took hold: ${fault.inForce === null ? 'it never came into force' : (fault.notProven?.reason ?? 'its effect was not seen')}.`,
        evidence: cite([fault.requested?.id, fault.inForce?.id, fault.notProven?.id]),
        recommendation:
          'Do not count this drill: check that the router’s traffic to the provider goes through the stage’s proxy, and run it again.',
      })),
}

/** A fault was left out because the one before had not recovered, or because people did not want it. */
export const faultSkipped: Rule = {
  id: 'fault-skipped',
  find: ({ story }) =>
    story.faults
      .filter(({ requested, skipped }) => requested === null && skipped !== null)
      .map((fault): Draft => ({
        severity: 'major',
        title: `${sentence(nameOf({ number: fault.number, story: fault }))} was skipped: ${fault.skipped?.reason ?? ''}.`,
        evidence: cite([fault.skipped?.id]),
        recommendation:
          fault.skipped?.by === 'people'
            ? 'Hold the drill again: this fault is still untested, and nobody armed it or said that the system was ready for it.'
            : 'Repair the recovery from the fault before it, then run the whole drill again: this fault is still untested.',
      })),
}

/** The drill was stopped by one of its own abort rules. */
export const abortRule: Rule = {
  id: 'abort-rule',
  find: ({ story }) =>
    story
      .of('abort')
      .filter(({ by }) => by === 'rule')
      .map((abort): Draft => ({
        severity: 'major',
        title: `The abort rule “${abort.rule}” ended the drill at ${tPlus(abort.atMs)}: ${abort.reason}.`,
        evidence: cite([abort.id]),
        recommendation:
          'The rule did its work. Repair what it saw before the next drill; loosen it only if it was wrong.',
      })),
}

/** The records stop in the middle. */
export const cutShort: Rule = {
  id: 'cut-short',
  find: ({ story }) =>
    story.ended !== null
      ? []
      : [
          {
            severity: 'major',
            title: `The records end at ${tPlus(story.lastMs)} without an ending: the run was killed, or its machine went down.`,
            evidence: cite([
              story.phases.length === 0 ? story.started.id : story.of('phase.started').at(-1)?.id,
            ]),
            recommendation: `Run \`gameday recover\`, to be sure that nothing is left broken. Then run the drill again; ${counted(story.faults.length, 'fault')} had been reached.`,
          },
        ],
}
