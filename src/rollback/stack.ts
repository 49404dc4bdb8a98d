import { messageOf, type Clock } from '../base/index.ts'

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
    const deadline = new AbortController()
    const timer = new AbortController()
    const late = this.#clock.sleep(this.#deadlineMs, timer.signal).then(
      () => deadline.abort(new Error(`not undone within ${this.#deadlineMs} ms`)),
      () => undefined, // The step ended first.
    )
    const expired = new Promise<never>((_resolve, reject) => {
      deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason), { once: true })
    })
    try {
      await Promise.race([step.undo(deadline.signal), expired])
      return null
    } catch (error) {
      return messageOf(error)
    } finally {
      timer.abort()
      await late
    }
  }
}
