import { EXIT, GamedayError, InternalError, formatDuration, seededRandom } from '../base/index.ts'
import { agendaNames } from './agenda.ts'
import type { Breakable, Drill } from './drill.ts'
import type { BreakPhase, Phase } from './phase.ts'
import { renameAnswers } from './rename-answers.ts'

type Lines = Pick<Phase, 'lead' | 'operator' | 'scribe'>

const BRIEF: Pick<Lines, 'lead'> = {
  lead: [
    'We rehearse losing a provider. What breaks is drawn by chance: only an operator at a terminal of their own sees it.',
    'The others find out what it is, and say so as soon as they are sure.',
    "Only this drill's own traffic is in it. Anyone may abort at any time: say ABORT, out loud. No reason is needed.",
  ],
}
const BREAK: Lines = {
  lead: [
    'Something is broken from now on. Hands off the system: we watch.',
    'What do you see, and where do you see it? What do you not see?',
  ],
  operator: ['If you know what it is, keep it to yourself.'],
  scribe: ['Write down the first symptom, and every guess at what it is.'],
}
const RESTORE: Lines = {
  lead: ['It is being undone: watch the system come home. Any last guess at what it was?'],
  operator: ['Say when the primary serves again.'],
  scribe: ['Write down when it came home and what was still wrong by then.'],
}

/**
 * Draws what a drill breaks: every break phase and its restore are replaced by a pair that is drawn by the seed from the
 * drill's own list of faults, each by itself, so that the first gives nothing away about the second. All breaks get the
 * lengths, the least lengths and the cap of the longest, and names and lines that tell nothing. The drill's answers
 * follow the new names. Pure.
 *
 * @throws GamedayError `NOT_BLIND` where a break needs hands, which would give it away
 */
export function drawBlind<R, P>(drill: Drill<R, P>, seed: number): Drill<R, P> {
  const breaks = drill.agenda.filter((phase) => phase.phase === 'break')
  const telling = breaks.find(({ fault }) => fault.kind === 'router-killed' || fault.kind === 'by-hand')
  if (telling !== undefined) {
    throw new GamedayError(
      `${drill.name} cannot be held blind: what people do in ${telling.fault.kind} tells what it is`,
      {
        code: 'NOT_BLIND',
        exitCode: EXIT.usage,
        hint: 'Hold it without --blind, or take that break out.',
      },
    )
  }
  const restores = drill.agenda.filter((phase) => phase.phase === 'restore')
  const candidates = distinct(breaks)
  const random = seededRandom(seed, 'blind')
  const number = { break: 0, restore: 0 }
  const agenda = drill.agenda.map((phase): Phase => {
    switch (phase.phase) {
      case 'brief':
        return { ...phase, ...BRIEF }
      case 'break': {
        const drawn = candidates[Math.floor(random() * candidates.length)]
        if (drawn === undefined) throw new InternalError('a blind drill has nothing to draw from')
        const cap = Math.max(...breaks.map((other) => other.cap))
        return { ...phase, ...BREAK, ...drawn, ...longest(breaks), cap, name: `break ${++number.break}` }
      }
      case 'restore':
        return { ...phase, ...RESTORE, ...longest(restores), name: `restore ${++number.restore}` }
      case 'baseline':
      case 'go-no-go':
      case 'debrief':
      case 'close':
        return phase
    }
  })
  const after = agendaNames({ agenda })
  const names = new Map(agendaNames(drill).map((name, index) => [name, after[index] ?? name]))
  return {
    ...drill,
    title: `Blind drill: ${breaks.length === 1 ? 'a fault' : `${breaks.length} faults`} drawn from ${drill.name}`,
    hypothesis: hypothesisOf(drill),
    agenda,
    blind: candidates,
    ...(drill.answers === undefined ? {} : { answers: renameAnswers(drill.answers, names) }),
  }
}

function distinct(breaks: readonly BreakPhase[]): Breakable[] {
  const byText = breaks.map(
    // The secondary's is named even where there is none, so that it replaces that of the phase it is drawn for.
    ({ fault, target, secondary }) =>
      [JSON.stringify([fault, target, secondary]), { fault, target, secondary }] as const,
  )
  return [...new Map(byText).values()]
}

/** A length of its own would give a fault away, in the agenda as well as in how far it can be scaled down. */
function longest(phases: readonly { length: number; atLeast: number }[]) {
  return {
    length: Math.max(...phases.map(({ length }) => length)),
    atLeast: Math.max(...phases.map(({ atLeast }) => atLeast)),
  }
}

/** What the file expects of its faults, one after another, need not hold for those that are drawn. */
function hypothesisOf({ targets }: Pick<Drill, 'targets'>): string {
  return `Whatever is broken, the other provider takes over within ${formatDuration(targets.failover)}, callers keep getting answers within the promises, and the broken one serves again by itself within ${formatDuration(targets.failback)} after it is restored.`
}
