import type { Clock, FailureClass } from '../base/index.ts'
import type { CircuitChange } from './circuit.ts'
import type { AttemptEnd, AttemptResult, CircuitState, RouterTarget } from './types.ts'

/** How a target stands, for those who look at the router from outside. It survives a change of the settings. */
export interface Standing {
  /** `since`: since when the circuit is closed, or is not. A probe that fails is no news of that. */
  circuit: { state: CircuitState; reason: string | null; class: FailureClass | null; since: Date }
  /** The last failure that spoke against the target. */
  lastFailure: { class: FailureClass; at: Date } | null
  /** No settings name it any more: what its circuit does is no news. */
  retired: boolean
}

/** How a target stands before it was asked anything. */
export function newStanding(clock: Pick<Clock, 'wall'>): Standing {
  return {
    circuit: { state: 'closed', reason: null, class: null, since: clock.wall() },
    lastFailure: null,
    retired: false,
  }
}

/** Notes what became of a target's circuit. */
export function noteCircuit(standing: Standing, change: CircuitChange, clock: Pick<Clock, 'wall'>): void {
  const { state, since } = standing.circuit
  const isNews = (state === 'closed') !== (change.state === 'closed')
  standing.circuit = { ...change, since: isNews ? clock.wall() : since }
}

/** Begins an attempt at a target. The returned function tells, once, how it ended; what it says later is passed over. */
export function beginAttempt(
  { standing, config: { role, name } }: { standing: Standing; config: Pick<RouterTarget, 'role' | 'name'> },
  clock: Pick<Clock, 'wall'>,
  onAttempt: ((end: AttemptEnd) => void) | undefined,
): (result: AttemptResult, blamesTarget?: boolean) => void {
  let isOver = false
  return (result, blamesTarget = false) => {
    if (isOver) return
    isOver = true
    if (blamesTarget && result !== 'ok' && result !== 'abandoned')
      standing.lastFailure = { class: result, at: clock.wall() }
    onAttempt?.({ role, provider: name, result })
  }
}
