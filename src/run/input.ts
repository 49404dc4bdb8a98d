import type { Clock, ProviderRole } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import type { Crew } from '../crew/index.ts'
import type { Drill, PlannedPhase } from '../drill/index.ts'
import type { Prompt } from '../load/index.ts'
import type { Before, EventOf, People } from '../record/index.ts'
import type { AttachedStage, RouterMaker } from '../stage/index.ts'

/** Everything a run needs, decided before anything is started. */
export interface RunInput {
  drill: Drill
  /** The agenda with the lengths that this run gives it. */
  planned: readonly PlannedPhase[]
  config: Config
  /** What of the drill's settings does not count, as the router is not the embedded one. */
  setAside?: readonly string[]
  /** Who says what of the error budget is spent, as `config` has it. */
  spentFrom?: 'log' | 'config'
  /** Real providers' keys, by role; they go to the gate and nowhere else. */
  realKeys: Partial<Record<ProviderRole, string>>
  prompts: readonly Prompt[]
  perSecond: number
  seed: number
  mode: 'unattended' | 'attended'
  /** Folder of the run's records; must not exist. */
  dir: string
  runId: string
  /** Short tag of the run, in every marker and in the names of all it creates. */
  runTag: string
  stateFolder: string
  /** Who holds which role; null where nobody does. */
  people: People | null
  /** Whether the faults were drawn by seed and are hidden from all but the operator. */
  blind: boolean
  /** What people confirmed before the drill's clock ran. */
  rollCall: readonly EventOf<'gate.decided'>[]
  /** Where further terminals attach; null where none can. */
  crewSocket: string | null
  /** The drill of this name before this one, to compare with; null if there is none. */
  before: Before | null
  /** Sums up a run whose load has ended, for its debrief. */
  draft: (dir: string) => Draft
  /** How to repeat the run, for the report. */
  command: string
  versions: Record<string, string>
  despiteFreeze: string | null
  /** Most that the drill may spend, in US dollars; null where nothing costs money. */
  maxCostUsd: number | null
  /** What the drill will send and cost, in words, for whoever says go; absent where nothing costs money. */
  bill?: string
  /** Sends everything straight to one provider, past the router's judgement. */
  bypass: ProviderRole | null
  /** Makes another router than the embedded one. */
  makeRouter?: RouterMaker
  /** A stage that stands already; without it the run has its own. */
  standing?: AttachedStage
  crew: Crew
  clock: Clock
  /** Aborted, with an `Interruption` as its reason, when a person or the system wants the drill to end. */
  signal: AbortSignal
}

/** What is known when the people sit down to talk about it. */
export interface Draft {
  /** Verdict and numbers, for everybody's screen. */
  lines: readonly string[]
  /** `settled`: whether an owner, or a reason why nobody, is known already. */
  findings: readonly { key: string; id: string; title: string; severity: string; settled: boolean }[]
}

/** Why somebody outside the engine wants the drill to end. */
export interface Interruption {
  /** `crash`: something threw where nobody could catch it; what is broken is put back all the same. */
  by: 'person' | 'signal' | 'crash'
  detail: string
  cause?: unknown
}

/** How a run ended, for whoever started it. The verdict is made from the records. */
export interface RunEnding {
  dir: string
  /** Commands that undo by hand what is not proven gone, with where its record lies; empty if all of it is. */
  undoByHand: string[]
  /** The first failure to write the records; null if they are complete. */
  recordsFailure: unknown
  /** What could not be taken down, in sentences. */
  leftovers: string[]
}
