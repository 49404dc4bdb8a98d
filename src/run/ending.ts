import type { EventOf } from '../record/index.ts'

/** Why a drill ends before its agenda does. */
export interface Stop {
  reason: Exclude<EventOf<'run.ended'>['reason'], 'agenda'>
  /** Name of the rule, signal or failure that stopped it. */
  rule: string
  detail: string
  /** Who stopped it, where somebody did. */
  who?: string
  /** What the user can do about it. */
  hint?: string | null
  /** What was thrown, if something was. */
  cause?: unknown
}

/** The ending of a run. The first reason wins; whatever comes later happened because of it. */
export interface Ending {
  readonly stop: Stop | null
  /** Aborted with the stop as its reason when the run is to end early. */
  readonly signal: AbortSignal
  decide: (stop: Stop) => void
}

export function createEnding(onStop: (stop: Stop) => void): Ending {
  const controller = new AbortController()
  let first: Stop | null = null
  return {
    get stop() {
      return first
    },
    signal: controller.signal,
    decide: (stop) => {
      if (first !== null) return
      first = stop
      onStop(stop)
      controller.abort(stop)
    },
  }
}
