import type { PhaseKind } from '../base/index.ts'

/** Names of the questions that a drill asks, as the engine, an answers file and the report all know them. */

export const GO_NO_GO = 'go / no-go'
export const NEXT_DRILL = 'next drill'

/** Names the question by which the operator says what is to be broken, after the break phase it arms. */
export const armGate = (breakPhase: string) => `arm ${breakPhase}`
/** Names the question by which the operator opens the way round a dead router, after the break phase it is asked in. */
export const bypassGate = (breakPhase: string) => `bypass ${breakPhase}`
/** Names the question whether anything has paged anybody, after the break phase it is asked in. */
export const alertGate = (breakPhase: string) => `did the alert fire? ${breakPhase}`
/** Names the question whether the system is home again, after the restore phase it is asked in. */
export const clearGate = (restorePhase: string) => `clear? ${restorePhase}`
/**
 * For how long into its phase a break may still be armed, in milliseconds. Whoever types a little too late breaks it
 * all the same, as long as the outage loses no more than this of its length.
 */
export const armingGraceMs = (plannedMs: number) => Math.min(20_000, Math.floor(plannedMs / 10))
/** Names the question who takes care of a finding, after the finding's key. */
export const findingGate = (key: string) => `finding ${key}`

/** A script that keeps silent leaves a question to the clock. */
export const SILENT = 'never'
/** Stands for the phrase that a typed question asks for. */
export const CONFIRM = 'confirm'

/** A question of the drill itself, with what a script may answer, and what counts when nobody answers. */
export interface GateChoice {
  gate: string
  words: readonly string[]
  byClock: string
}

/** What of a phase decides which questions it asks. */
export interface AskingPhase {
  kind: PhaseKind | null
  name: string
  /** Kind of its fault, where it is a break. */
  breaks?: string | undefined
}

/** The questions that the phases of a drill bring with them, in the order of the agenda. Pure. */
export function gatesOf(phases: readonly AskingPhase[]): GateChoice[] {
  const gates = phases.flatMap(({ kind, name, breaks }): GateChoice[] => {
    switch (kind) {
      case 'go-no-go':
        return [{ gate: GO_NO_GO, words: ['go', 'no-go', SILENT], byClock: 'no-go' }]
      case 'break':
        return [
          { gate: armGate(name), words: [CONFIRM, 'no-go', SILENT], byClock: 'no-go' },
          ...(breaks === 'router-killed'
            ? [{ gate: bypassGate(name), words: [CONFIRM, 'no-go', SILENT], byClock: 'go' }]
            : []),
          { gate: alertGate(name), words: ['yes', 'no', SILENT], byClock: 'no' },
        ]
      case 'restore':
        return [{ gate: clearGate(name), words: ['yes', 'no', SILENT], byClock: 'yes' }]
      case 'brief':
      case 'baseline':
      case 'debrief':
      case 'close':
      case null:
        return []
    }
  })
  // Every go-no-go asks the same question.
  return gates.filter(({ gate }, index) => gates.findIndex((other) => other.gate === gate) === index)
}
