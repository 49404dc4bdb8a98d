import { tPlus } from '../../base/index.ts'
import { alertGate, clearGate } from '../../drill/index.ts'
import { speakerOf } from '../../record/index.ts'
import { cite, type Draft, type Rule } from './rule.ts'

/** Answers that say that no alert was missing. */
const NOTHING = /^(?:none|no|nothing|nil|n\/a|all fired|[-–—]+)[.!]?$/i

/** Whether an answer in the debrief says that there is nothing to say. */
export function saysNothing(text: string): boolean {
  return NOTHING.test(text.trim())
}

/** Somebody said in the debrief which alert should have called them and did not. */
export const missingAlert: Rule = {
  id: 'missing-alert',
  find: ({ story }) =>
    story
      .of('debrief.said')
      .filter(({ about, text }) => about === 'missing alert' && !saysNothing(text))
      .map((said): Draft => ({
        severity: 'major',
        title: `An alert was missing${said.who === null ? '' : `, as ${said.who} said in the debrief`}: ${said.text}`,
        evidence: cite([said.id]),
        recommendation:
          'Write this alert, and let the next drill prove that it fires: without it an outage of this kind is found by a customer.',
      })),
}

/** A person was asked while something was broken whether the alert had fired, and it had not. */
export const noAlert: Rule = {
  id: 'no-alert',
  find: ({ story }) =>
    story
      .of('gate.decided')
      .filter(
        ({ gate, by, decision }) => gate.startsWith(alertGate('')) && by === 'person' && decision === 'no',
      )
      .map((gate): Draft => {
        const phase = gate.gate.slice(alertGate('').length).trim()
        const asked = gate.who ?? 'Somebody'
        return {
          severity: 'minor',
          title: `No alert had fired by ${tPlus(gate.atMs)}${phase === '' ? '' : ` of “${phase}”`}, said ${asked}.`,
          evidence: cite([gate.id]),
          recommendation:
            'Decide who has to know when a provider is lost although no request fails, and alert them; if nobody has to, say so in the debrief.',
        }
      }),
}

/** Somebody was asked whether all was well again when the fault was proven gone, and it was not. */
export const notClear: Rule = {
  id: 'not-clear',
  find: ({ story }) =>
    story
      .of('gate.decided')
      .filter(
        ({ gate, by, decision }) => gate.startsWith(clearGate('')) && by !== 'clock' && decision === 'no',
      )
      .map((gate): Draft => {
        const phase = gate.gate.slice(clearGate('').length).trim()
        return {
          severity: 'minor',
          title: `It was not clear at ${tPlus(gate.atMs)}${phase === '' ? '' : ` of “${phase}”`}, said ${speakerOf(gate)}, although the fault was proven gone.`,
          evidence: cite([gate.id]),
          recommendation:
            'Ask what they saw that the proof did not: either the system needs longer to recover than its restore phase lasts, or people cannot see that it has.',
        }
      }),
}

/** What somebody in the drill said had to be done. */
export const toDo: Rule = {
  id: 'to-do',
  find: ({ result }) =>
    result.notes
      .filter(({ kind }) => kind === 'to-do')
      .map(({ id, by, script, role, atMs, text, owner, due }): Draft => ({
        key: `to-do ${id}`,
        severity: 'minor',
        title: `Noted by ${script ? `a script as ${by}` : by} (${role}) at ${tPlus(atMs)}: ${text}`,
        evidence: cite([id]),
        recommendation: 'Do it, or say why not: the report of the next drill asks what became of it.',
        owner,
        due,
      })),
}
