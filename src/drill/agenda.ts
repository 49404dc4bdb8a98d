import type { PhaseKind } from '../base/index.ts'
import type { Phase } from './phase.ts'

/** What of a drill its planning needs. */
export interface Agenda {
  readonly agenda: readonly Phase[]
}

/** A phase with the length that this run gives it. */
export interface PlannedPhase {
  index: number
  name: string
  kind: PhaseKind
  /** Planned start, from the drill's start. */
  startMs: number
  plannedMs: number
  /** Number of its (first) fault, from 0 in the order of the agenda; null for every other phase. */
  fault: number | null
  phase: Phase
}

/** Kind of the fault that a phase breaks something with; undefined where it breaks nothing. */
export const breaksOf = ({ phase }: Pick<PlannedPhase, 'phase'>) =>
  phase.phase === 'break' ? phase.fault.kind : undefined

/** The length of the whole agenda as the file states it, in milliseconds. */
export function agendaLength({ agenda }: Agenda): number {
  return agenda.reduce((sum, { length }) => sum + length, 0)
}

/** How many times as long as in the file the breaks are now: the alerts' windows are scaled with them. */
export function breakScale(planned: readonly PlannedPhase[]): number {
  const breaks = planned.filter(({ kind }) => kind === 'break')
  const [now, written] = [
    breaks.reduce((sum, { plannedMs }) => sum + plannedMs, 0),
    breaks.reduce((sum, { phase }) => sum + phase.length, 0),
  ]
  return written === 0 ? 1 : now / written
}

/** The names by which the phases of an agenda go. */
export const agendaNames = ({ agenda }: Agenda): string[] =>
  phaseNames(agenda.map(({ phase, name }) => ({ kind: phase, name })))

/** Names every phase: its own name, else its kind, numbered where the agenda has several of the kind. */
export function phaseNames(phases: readonly { kind: string; name: string | undefined }[]): string[] {
  const count = new Map<string, number>()
  return phases.map(({ kind, name }) => {
    const number = (count.get(kind) ?? 0) + 1
    count.set(kind, number)
    if (name !== undefined) return name
    return phases.filter((other) => other.kind === kind).length === 1 ? kind : `${kind} ${number}`
  })
}
