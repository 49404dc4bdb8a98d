import type { Attempt, EventOf, Observed, Recorder } from '../record/index.ts'
import { openRecorder } from '../record/index.ts'
import type { Stage, StagedLoad } from '../stage/index.ts'
import type { Changes } from './changes.ts'
import type { Ending } from './ending.ts'
import type { FaultRun } from './fault-run.ts'
import type { RunInput } from './input.ts'
import { createJournalist, type Journalist, type Say } from './journalist.ts'
import { createObservations, type Observations } from './observations.ts'

/** A phase that has begun. */
export interface Progress {
  index: number
  name: string
  kind: RunInput['planned'][number]['kind']
  startMs: number
  endMs: number
}

/** What the files of this room share while a drill runs. Times are milliseconds from the drill's start. */
export interface RunContext {
  input: RunInput
  stage: Stage
  load: StagedLoad
  recorder: Recorder
  observations: Observations
  changes: Changes
  ending: Ending
  journalist: Journalist
  say: Say
  /** `clock.now()` at the drill's start. */
  epochMs: number
  elapsed: () => number
  /** Phases so far, the running one last. */
  progress: Progress[]
  loadSinceMs: number | null
  /** Whether the last measured phase is over: the load has ended, and no abort rule is watched any more. */
  measured: boolean
  /** The steady stretch before the first fault; null until it is over. */
  baseline: { fromMs: number; toMs: number } | null
  /** Faults so far, the last one last; those that were skipped are not among them. */
  faults: FaultRun[]
  /** Resolves when the load has ended and its last answers are in; at once while it has not begun to end. */
  drained: Promise<void>
  /** Whether the last line of the journal is written, or about to be. */
  over: boolean
  takeSample(observed: Observed): void
  takeAttempt(attempt: Attempt): void
  takeCircuit(event: EventOf<'router.circuit'>, atMs: number): void
}

/** Starts the drill's clock and opens its records. */
export function openContext(
  input: RunInput,
  { stage, load, changes, ending }: Pick<RunContext, 'stage' | 'load' | 'changes' | 'ending'>,
): RunContext {
  const { clock, crew } = input
  const epochMs = clock.now()
  const observations = createObservations()
  const progress: Progress[] = []
  const recorder = openRecorder({
    dir: input.dir,
    clock,
    epochMs,
    runTag: input.runTag,
    phaseAt: (intendedMs) =>
      (progress.findLast(({ startMs }) => startMs <= intendedMs) ?? progress[0])?.name ?? '',
    onEntry: (entry) => crew.entry(entry),
    onSample: (sample) => observations.addSample(sample),
    onAttempt: (attempt) => observations.addAttempt(attempt),
  })
  const journalist = createJournalist(recorder, ending)
  const { say } = journalist
  return {
    input,
    stage,
    load,
    recorder,
    observations,
    changes,
    ending,
    journalist,
    say,
    epochMs,
    elapsed: () => clock.now() - epochMs,
    progress,
    loadSinceMs: null,
    measured: false,
    baseline: null,
    faults: [],
    drained: Promise.resolve(),
    over: false,
    takeSample: (observed) =>
      recorder.sample(ending.stop === null ? observed : withoutGivenUp(observed, input.drill.load.timeout)),
    takeAttempt: (attempt) => journalist.attempt(() => recorder.attempt(attempt)),
    takeCircuit: (event, atMs) => {
      const entry = say(event, atMs - epochMs)
      if (entry !== null) observations.addCircuit({ ...event, atMs: entry.atMs })
    },
  }
}

/**
 * When a drill is stopped, the load gives up the answers under way. That is the tool's doing and no failure of the
 * system: such a request is in no population, like one that was never sent.
 */
function withoutGivenUp(observed: Observed, timeoutMs: number): Observed {
  const { outcome, startedMs, endMs } = observed
  const patient = startedMs !== null && endMs !== null && endMs - startedMs >= timeoutMs
  return outcome === 'timeout' && !patient ? { ...observed, outcome: 'dropped', class: null } : observed
}

/** Lets the running phase have its whole length from now on, and returns when it ends: a hand was waited for. */
export function postpone({ progress, elapsed }: RunContext, dueMs: number, plannedMs: number): number {
  const laterMs = Math.max(dueMs, elapsed() + plannedMs)
  const running = progress.at(-1)
  if (running !== undefined) running.endMs = laterMs
  return laterMs
}

/** All faults of the phase that one belongs to, in the order in which they struck. */
export function struckWith({ faults }: Pick<RunContext, 'faults'>, { phase }: FaultRun): FaultRun[] {
  return faults.filter((fault) => fault.phase === phase)
}

/** The fault that is in force or being undone, of two that are the primary's; null if nothing is broken. */
export function faultInForce({ faults }: RunContext): FaultRun | null {
  return faults.findLast(({ inForceMs, goneMs }) => inForceMs !== null && goneMs === null) ?? null
}
