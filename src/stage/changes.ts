import type { Undo } from '../record/index.ts'

/** Keeps the undo plans of what the stage changes on a server, which may be one that others use as well. */
export interface StageChanges {
  /** Writes the undo plan of a change that is about to be made. Throws if it cannot: then it is not to be made. */
  begin(undo: Undo): StagedChange
}

export interface StagedChange {
  /** Adds to the plan what only the making has shown. */
  made(undo: Undo): void
  /** Undoes the change and proves it. Throws what is in the way. */
  undo(): Promise<void>
}
