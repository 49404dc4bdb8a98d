import { messageOf, type Clock } from '../base/index.ts'

/** A time in which the thing was down for sure, in milliseconds from when it first was. */
export interface Stretch {
  fromMs: number
  toMs: number
}

export interface TurnsOptions {
  clock: Clock
  downMs: number
  upMs: number
  /** Takes the thing down or up; throws what keeps it from it. */
  set: (up: boolean) => Promise<void>
  /** Throws when nothing may be taken down any more. */
  permit: () => void
}

/**
 * Takes something down and up again in turn, until it is ended:
 *
 *     set(false) -- downMs --> set(true) -- upMs --> set(false) ...
 *
 * The first call that fails ends the turns, whatever state that leaves; whoever looks is told.
 */
export class Turns {
  readonly #options: TurnsOptions
  readonly #ended = new AbortController()
  #turning: Promise<void> = Promise.resolve()
  #firstDownMs = 0
  /** Times for which it was down from end to end; the last one may still last. */
  readonly downs: Stretch[] = []
  /** What it was last acknowledged to be; null while that is about to change. */
  up: boolean | null = true
  /** How often it has changed, a change under way included. */
  changes = 0
  /** What ended the turns before their time; null if nothing did. */
  trouble: string | null = null

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /** Begins with down, and returns when that is acknowledged. Throws what keeps it from it. */
  async begin(): Promise<void> {
    await this.#down()
    this.#turning = this.#turn().catch((error: unknown) => {
      if (!this.#ended.signal.aborted) this.trouble = messageOf(error)
    })
  }

  /** Ends the turns in whatever state they are. Returns when no call of theirs is under way any more. */
  async end(): Promise<void> {
    this.#ended.abort()
    await this.#turning
  }

  async #turn(): Promise<void> {
    const { clock, downMs, upMs, permit } = this.#options
    const { signal } = this.#ended
    for (;;) {
      await clock.sleep(downMs, signal)
      await this.#set(true)
      await clock.sleep(upMs, signal)
      permit()
      await this.#down()
    }
  }

  async #down(): Promise<void> {
    await this.#set(false)
    const nowMs = this.#options.clock.now()
    if (this.downs.length === 0) this.#firstDownMs = nowMs
    this.downs.push({ fromMs: nowMs - this.#firstDownMs, toMs: Infinity })
  }

  async #set(up: boolean): Promise<void> {
    const last = this.downs.at(-1)
    if (up && last !== undefined) last.toMs = this.#options.clock.now() - this.#firstDownMs
    this.changes++
    this.up = null
    await this.#options.set(up)
    this.up = up
  }
}
