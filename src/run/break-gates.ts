import { messageOf } from '../base/index.ts'
import { alertGate, armGate, clearGate, type BreakPhase, type PlannedPhase } from '../drill/index.ts'
import type { RunContext } from './context.ts'
import { askGate, type Decided, type Gate } from './gates.ts'

/** Whoever types a little too late still breaks it, as long as the outage loses no more than this. */
const GRACE_MS = 20_000
const GRACE_SHARE = 0.1
/** Questions of a phase close this long before it, so that their answers stand in it. */
const BEFORE_END_MS = 250

/**
 * What people are asked around a fault: the operator types its name before it is broken, says whether the alert fired,
 * and the lead says whether it is clear. None of it holds up the clock; where nobody is there, none of it is asked.
 */
export interface BreakGates {
  /** Opens the question that arms a break, in the phase before it. */
  prepare(next: PlannedPhase, startsMs: number): void
  /** Waits for the operator's word; null when it is armed, else why it is not. */
  objectionToArming(): Promise<string | null>
  /** Asks in the second half of a break. */
  askForAlert(planned: PlannedPhase, dueMs: number): void
  askIfClear(planned: PlannedPhase, dueMs: number): void
  /** Why people do not want anything more to be broken; null where they do not mind. */
  objection(): string | null
  /** Takes back the question of a break that is left out. */
  withdraw(): void
}

export function breakGates(context: RunContext): BreakGates {
  const { input, ending } = context
  let arming: { decided: Promise<Decided | null>; withdrawn: AbortController } | null = null
  let notClear: string | null = null

  const ask = (gate: Gate, withdrawn?: AbortSignal) =>
    askGate(context, gate, withdrawn).catch((error: unknown) => {
      ending.decide({ reason: 'error', rule: gate.name, detail: messageOf(error), cause: error })
      return null
    })

  return {
    prepare: ({ phase, name, plannedMs }, startsMs) => {
      if (!input.crew.there || phase.phase !== 'break') return
      const withdrawn = new AbortController()
      const graceMs = Math.min(GRACE_MS, plannedMs * GRACE_SHARE)
      const gate = armingOf(phase, { name, blind: input.blind, deadlineMs: startsMs + graceMs })
      arming = { withdrawn, decided: ask(gate, withdrawn.signal) }
    },
    objectionToArming: async () => {
      const decided = await arming?.decided
      arming = null
      if (decided === undefined || decided?.decision === 'go') return null
      return decided === null
        ? 'it was withdrawn'
        : whoSaid(decided, 'nobody typed its name in time', 'said no')
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
  { fault, target }: BreakPhase,
  { name, blind, deadlineMs }: { name: string; blind: boolean; deadlineMs: number },
): Gate {
  const thing = `${fault.kind} ${target}`
  return {
    name: armGate(name),
    role: 'operator',
    text: `“${name}” strikes when its phase begins. Arm it?`,
    ...(blind ? { secret: `It is ${thing}.` } : {}),
    words: ['go', 'no-go'],
    phrase: blind ? 'break it' : thing,
    default: 'no-go',
    deadlineMs,
  }
}
