import type { CrewRole } from '../base/index.ts'
import type { Phase } from './phase.ts'

type Lines = Partial<Record<CrewRole, readonly string[]>>

/** What people say and do in a phase for which nobody wrote anything: a drill that says nothing leaves them guessing. */
const USUAL: Record<Phase['phase'], Lines> = {
  brief: {
    lead: [
      'We rehearse losing a provider. Only this drill’s own traffic is in it.',
      'Anyone may abort at any time: say ABORT, out loud. No reason is needed.',
    ],
    operator: ['Confirm that you know how to stop it.'],
    scribe: ['Write down who is here.'],
  },
  baseline: {
    lead: ['Baseline now. Nothing is broken: this is how a healthy day looks.'],
    scribe: ['Write down what looks odd already. What is odd now is no finding later.'],
  },
  'go-no-go': {
    lead: ['Is there any real incident, any doubt? Say so now.'],
    operator: ['Say ready, and type the name of what is to be broken.'],
    scribe: ['Write down who decided.'],
  },
  break: {
    lead: [
      'It is broken from now on. Hands off the system: we watch.',
      'What did you expect to see by now that you do not see?',
    ],
    operator: ['Say aloud what you see first, and where you saw it.'],
    scribe: ['Write down the first symptom, the first alert, and whatever surprises anyone.'],
  },
  restore: {
    lead: ['It is being undone: watch the system come home.'],
    operator: ['Say when it serves again as it did before.'],
    scribe: ['Write down when it came home, and what was still wrong by then.'],
  },
  debrief: {
    lead: ['What went well, and what surprised you?', 'Each finding gets a name and a day, now.'],
    operator: ['Which alert did you miss?'],
    scribe: ['Read the notes back, from the first to the last.'],
  },
  close: {
    lead: ['The drill is over, and nothing is broken any more. When is the next one?'],
    operator: ['Confirm that nothing is left broken.'],
    scribe: ['Write down the day of the next drill.'],
  },
}

/** What each role says or does in a phase: what the drill writes, or the usual where it writes nothing at all. */
export function linesOf(phase: Phase): Lines {
  const { lead, operator, scribe } = phase
  if (lead === undefined && operator === undefined && scribe === undefined) return USUAL[phase.phase]
  return {
    ...(lead === undefined ? {} : { lead }),
    ...(operator === undefined ? {} : { operator }),
    ...(scribe === undefined ? {} : { scribe }),
  }
}
