import type { Clock } from '../base/index.ts'

/**
 * One timer for one request, moved from clock to clock as the request goes on. Moving it to a later time is an
 * assignment: the node timer goes off when it would have, looks at what is due by then, and is set again for the rest.
 * So the inter-token clock costs no timer per token.
 */
export class Alarm {
  readonly #clock: Clock
  readonly #onDue: (nowMs: number) => void
  #dueMs = Number.POSITIVE_INFINITY
  #firesMs = Number.POSITIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(clock: Clock, onDue: (nowMs: number) => void) {
    this.#clock = clock
    this.#onDue = onDue
  }

  /** Moves the alarm to `dueMs` of the clock, whose reading now is `nowMs`. */
  set(dueMs: number, nowMs: number): void {
    this.#dueMs = dueMs
    if (dueMs < this.#firesMs) this.#arm(nowMs)
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#dueMs = this.#firesMs = Number.POSITIVE_INFINITY
  }

  #arm(nowMs: number): void {
    clearTimeout(this.#timer)
    this.#firesMs = this.#dueMs
    this.#timer = setTimeout(this.#fire, Math.max(1, Math.ceil(this.#dueMs - nowMs)))
  }

  readonly #fire = (): void => {
    const nowMs = this.#clock.now()
    this.#firesMs = Number.POSITIVE_INFINITY
    if (nowMs >= this.#dueMs) this.#onDue(nowMs)
    else this.#arm(nowMs)
  }
}
