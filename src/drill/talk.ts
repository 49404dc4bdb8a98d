import type { PhaseKind } from '../base/index.ts'
import type { Phase } from './phase.ts'

/** Nobody reads a briefing aloud, answers a question or writes down an owner in one second. In milliseconds. */
const TALK_MS: Partial<Record<PhaseKind, number>> = {
  brief: 20_000,
  'go-no-go': 30_000,
  debrief: 60_000,
  close: 15_000,
}

/** The agenda with phases that people can follow: those in which they talk shrink no further than talking takes. */
export function withRoomToTalk(agenda: readonly Phase[]): Phase[] {
  return agenda.map((phase) => ({
    ...phase,
    atLeast: Math.max(phase.atLeast, Math.min(phase.length, TALK_MS[phase.phase] ?? 0)),
  }))
}
