import { formatDuration, tPlus } from '../base/index.ts'
import type { PlannedPhase } from './agenda.ts'
import { describeFault } from './catalogue/faults.ts'
import type { Breakable, Drill } from './drill.ts'
import { strikesOf, type BreakPhase } from './phase.ts'
import { bullet, paragraph } from './wrap.ts'

/** Says what a drill breaks and how that is undone; of a blind one what could be drawn, and no more. Pure. */
export function explainFaults({ blind }: Pick<Drill, 'blind'>, planned: readonly PlannedPhase[]): string {
  const breaks = planned.flatMap((item) =>
    item.phase.phase === 'break' ? [{ ...item, phase: item.phase }] : [],
  )
  const lines = breaks.map(({ phase, startMs, plannedMs, fault }, index) => {
    const when = `At ${tPlus(startMs)}, for ${formatDuration(plannedMs)}: `
    const { does, undo } = tell(phase)
    return bullet(
      `${(fault ?? index) + 1}.`,
      blind === undefined
        ? `${when}${does}. At its end (${atLatest(phase)}) ${undo}.${skipped(phase, index)}`
        : `${when}one of those below. It is undone at its end (${atLatest(phase)}).${skipped(phase, index)}`,
    )
  })
  return [...lines, ...(blind === undefined ? [] : explainDraw(blind))].join('\n')
}

function explainDraw(blind: readonly Breakable[]): string[] {
  return [
    paragraph(
      'Each is drawn by chance, so that the same may come twice, and hidden until the debrief from all but an operator at a terminal of their own:',
    ),
    ...blind.map((breakable) => {
      const { does, undo } = tell(breakable)
      return bullet('-', `${does}; undone, ${undo}.`)
    }),
  ]
}

/** Tells all that a phase breaks: the secondary's fault is applied first and undone last. */
function tell(breakable: Breakable): { does: string; undo: string } {
  const [first, ...more] = strikesOf(breakable).map(({ fault, target }) => describeFault(fault, target))
  const { does, undo } = first ?? { does: '', undo: '' }
  return {
    does: [does, ...more.map((other) => other.does)].join('. At the same time '),
    undo: [undo, ...more.map((other) => other.undo)].join('; at the secondary '),
  }
}

const atLatest = ({ cap }: BreakPhase) =>
  `after ${formatDuration(cap)} at the very latest, whatever the agenda says`

const skipped = ({ skipIfNotRecovered }: BreakPhase, index: number) =>
  index > 0 && skipIfNotRecovered
    ? ' It is skipped if the system has not come home from the fault before it, and the drill is then weak.'
    : ''
