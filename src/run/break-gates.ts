import { messageOf } from '../base/index.ts'
import {
  alertGate,
  armGate,
  armingGraceMs,
  clearGate,
  strikesOf,
  type BreakPhase,
  type PlannedPhase,
} from '../drill/index.ts'
import type { RunContext } from './context.ts'
import { askGate, type Decided, type Gate } from './gates.ts'

/** Questions of a phase close this long before it, so that their answers stand in it. */
const BEFORE_END_MS = 250

/**
 * What people are asked around a fault: the operator types its name before it is broken, says whether the alert fired,
 * and the lead says whether it is clear. None of it holds up the clock; where nobody is there, none of it is asked.
 */
export interface BreakGates {
  /** Opens the question that arms a break, in the phase before it. */
  prepare(next: PlannedPhase, startsMs: number): void
  /** Waits for the operator's word, and asks for it where nobody has yet; null when it is armed, else why it is not. */
  objectionToArming(phase: BreakPhase, planned: PlannedPhase): Promise<string | null>
  /** Asks in the second half of a break. */
  askForAlert(planned: PlannedPhase, dueMs: number): void
  askIfClear(planned: PlannedPhase, dueMs: number): void
  /** Why people do not want anything more to be broken; null where they do not mind. */
  objection(): string | null
  /** Takes back the question of a break that is left out. */
  withdraw(): void
}

interface Arming {
  decided: Promise<Decided | null>
  withdrawn: AbortController
}

export function breakGates(context: RunContext): BreakGates {
  const { input, ending } = context
  let arming: Arming | null = null
  let notClear: string | null = null

  const ask = (gate: Gate, withdrawn?: AbortSignal) =>
    askGate(context, gate, withdrawn).catch((error: unknown) => {
      ending.decide({ reason: 'error', rule: gate.name, detail: messageOf(error), cause: error })
      return null
    })

  const arm = (phase: BreakPhase, { name, plannedMs }: PlannedPhase, startsMs: number): Arming => {
    const withdrawn = new AbortController()
    const deadlineMs = startsMs + armingGraceMs(plannedMs)
    const gate = armingOf(phase, { name, blind: input.blind, deadlineMs })
    return { withdrawn, decided: ask(gate, withdrawn.signal) }
  }

  return {
    prepare: (next, startsMs) => {
      if (input.crew.there && next.phase.phase === 'break') arming = arm(next.phase, next, startsMs)
    },
    objectionToArming: async (phase, planned) => {
      if (!input.crew.there) return null
      // Nobody was asked in the phase before where that was left out.
      const { decided } = arming ?? arm(phase, planned, context.elapsed())
      arming = null
      const said = await decided
      if (said === null) return 'it was withdrawn'
      return said.decision === 'go' ? null : whoSaid(said, 'nobody typed its name in time', 'said no')
    },
    askForAlert: ({ name, plannedMs }, dueMs) => {
      if (!input.crew.there) return
      void input.clock
        .sleep(plannedMs / 2, ending.signal)
        .then(() =>
          ask({
            name: alertGate(name),
            role: 'operator',
            text: 'Did the alert fire that should have?',
            words: ['yes', 'no'],
            phrase: null,
            default: 'no',
            deadlineMs: dueMs - BEFORE_END_MS,
          }),
        )
        .catch(() => undefined) // The drill ended before the question was due.
    },
    askIfClear: ({ name }, dueMs) => {
      if (!input.crew.there) return
      const gate: Gate = {
        name: clearGate(name),
        role: 'lead',
        text: 'It is undone and proven gone. Clear?',
        words: ['yes', 'no'],
        phrase: null,
        default: 'yes',
        deadlineMs: dueMs - BEFORE_END_MS,
      }
      void ask(gate).then((decided) => {
        if (decided?.decision === 'no')
          notClear = whoSaid(decided, 'it is not clear', 'said that it is not clear')
      })
    },
    objection: () => notClear,
    withdraw: () => {
      arming?.withdrawn.abort()
      arming = null
    },
  }
}

const whoSaid = ({ by, who }: Decided, clock: string, person: string) =>
  by === 'clock' ? clock : `${who ?? `the ${by}`} ${person}`

function armingOf(
  phase: BreakPhase,
  { name, blind, deadlineMs }: { name: string; blind: boolean; deadlineMs: number },
): Gate {
  const things = strikesOf(phase).map(({ fault, target }) => `${fault.kind} ${target}`)
  const thing = things.length > 1 ? 'both providers' : things.join()
  return {
    name: armGate(name),
    role: 'operator',
    text: `“${name}” strikes when its phase begins${blind || things.length === 1 ? '' : `: ${things.join(', ')}`}. Arm it?`,
    ...(blind ? { secret: `It is ${things.join(' and ')}.` } : {}),
    words: ['go', 'no-go'],
    phrase: blind ? 'break it' : thing,
    default: 'no-go',
    deadlineMs,
  }
}
