import type { BreakPhase } from './phase.ts'
import type { DrillFile } from './schema.ts'

/** What a break may do, and to whom. */
export type Breakable = Pick<BreakPhase, 'fault' | 'target' | 'secondary'>

/** A drill that can be run: the content of its file, and where it came from. */
export type Drill<R = unknown, P = unknown> = DrillFile<R, P> & {
  /** Name of the file without its ending; also part of the report folder's name. */
  name: string
  /** Path of the file, as it was found. */
  file: string
  /** Of the file's bytes, in hex. */
  sha256: string
  /** Path of the prompts file that the drill means: beside it, or, if it names none, beside the shipped drills. */
  promptsFile: string
  /** Everything that its breaks were drawn from; absent where they are the file's own. */
  blind?: readonly Breakable[]
}
