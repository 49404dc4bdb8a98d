import type { FaultTarget } from '../base/index.ts'
import type { Evidence } from '../faults/index.ts'
import type { CircuitChange } from '../measure/index.ts'
import type { Attempt, Sample } from '../record/index.ts'

/** Everything that load, gates and router have told so far, for proofs, rules and the live figures. */
export interface Observations {
  readonly samples: readonly Sample[]
  readonly attempts: readonly Attempt[]
  readonly circuits: readonly CircuitChange[]
  /** What all attempts whose price is known have cost, in US dollars. */
  readonly spentUsd: number
  addSample: (sample: Sample) => void
  addAttempt: (attempt: Attempt) => void
  addCircuit: (change: CircuitChange) => void
  /** Tells of every further sample. */
  onSample: (listener: (sample: Sample) => void) => void
  /** What became known since a fault came into force. */
  evidence(inForceMs: number, target: FaultTarget): Evidence
}

/** Records arrive nearly in the order of their ends; this much covers the wait for the ledger. */
const DISORDER_MS = 2000

export function createObservations(): Observations {
  const samples: Sample[] = []
  const attempts: Attempt[] = []
  const circuits: CircuitChange[] = []
  const listeners: ((sample: Sample) => void)[] = []
  let spentUsd = 0
  return {
    samples,
    attempts,
    circuits,
    addSample: (sample) => {
      samples.push(sample)
      for (const listener of listeners) listener(sample)
    },
    get spentUsd() {
      return spentUsd
    },
    addAttempt: (attempt) => {
      attempts.push(attempt)
      spentUsd += attempt.costUsd ?? 0
    },
    addCircuit: (change) => void circuits.push(change),
    onSample: (listener) => void listeners.push(listener),
    evidence: (inForceMs, target) => ({
      target,
      inForceMs,
      samples: tail(samples, inForceMs, ({ endMs, intendedMs }) => endMs ?? intendedMs),
      attempts: tail(attempts, inForceMs, ({ endMs, startMs }) => endMs ?? startMs),
    }),
  }
}

/** The records from the end of the list back to a moment. */
function tail<T>(records: readonly T[], fromMs: number, timeOf: (record: T) => number): T[] {
  let from = records.length
  while (from > 0 && timeOf(records[from - 1]!) >= fromMs - DISORDER_MS) from--
  return records.slice(from)
}
