import { messageOf, withDeadline, type Clock } from '../base/index.ts'

/** One thing that was changed and how to put it back. */
export interface UndoStep {
  name: string
  /** Puts it back and proves it; throws if it cannot. */
  undo(signal: AbortSignal): Promise<void>
}

export interface UndoFailure {
  name: string
  reason: string
}

/**
 * Undoes in reverse order of doing. Every step is tried, each within its own deadline, whatever the others did; undoing
 * the stack twice does nothing the second time.
 */
export class RollbackStack {
  readonly #steps: UndoStep[] = []
  readonly #clock: Clock
  readonly #deadlineMs: number

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock
    this.#deadlineMs = deadlineMs
  }

  push(step: UndoStep): void {
    this.#steps.push(step)
  }

  /** Returns what could not be undone; an empty list means that everything was. */
  async undoAll(): Promise<UndoFailure[]> {
    const failures: UndoFailure[] = []
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const reason = await this.#attempt(step)
      if (reason !== null) failures.push({ name: step.name, reason })
    }
    return failures
  }

  async #attempt(step: UndoStep): Promise<string | null> {
    try {
      await withDeadline(this.#clock, this.#deadlineMs, 'not undone', (signal) => step.undo(signal))
      return null
    } catch (error) {
      return messageOf(error)
    }
  }
}
