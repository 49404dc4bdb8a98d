import { wrongAlerts } from '../compose/alerts.ts'
import { sentence } from '../format.ts'
import { cite, type Draft, type Rule } from './rule.ts'

/** An alert that had to fire did not, although all faults were in force. */
export const alertMissing: Rule = {
  id: 'alert-missing',
  find: ({ result, outages }) =>
    outages.length === 0 || result.faults.some(({ provenMs }) => provenMs === null)
      ? []
      : wrongAlerts(result.alerts)
          .filter(({ expected }) => expected === true)
          .map(({ what, detail }): Draft => ({
            severity: 'major',
            title: `The alert “${what}” had to fire and did not: ${detail}.`,
            evidence: cite(outages.map(({ story }) => story.inForce?.id)),
            recommendation:
              'Find out which of two it is: the system bore the fault better than the drill expects (then expect it no longer), or the fault did not do what it was meant to.',
          })),
}

/** An alert fired that the drill did not mean to set off. */
export const alertUnexpected: Rule = {
  id: 'alert-unexpected',
  find: ({ result, outages }) =>
    wrongAlerts(result.alerts)
      .filter(({ expected }) => expected === false)
      .map(({ what, detail }): Draft => ({
        severity: 'major',
        title: `${sentence(`the alert “${what}” fired although this drill was not to set it off`)}: ${detail}.`,
        evidence: cite(outages.map(({ story }) => story.inForce?.id)),
        recommendation:
          'Somebody would have been called for nothing, or for something that this drill did not expect: look at the requests of that window before the next drill.',
      })),
}
