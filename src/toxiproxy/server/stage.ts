import type { Clock, Random } from '../../base/index.ts'
import type { Chunk, Queue, Wakeable } from './queue.ts'

/** Node fires a timer of more than this at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What a toxic may be told instead of a chunk: let go now; nothing more will come; the time is up. */
export type Signal = 'interrupted' | 'end' | 'late'

export interface StageOptions<State> {
  input: Queue
  output: Queue
  state: State
  clock: Clock
  /** Makes the generator of this stage when it is first needed: most need none. */
  random: () => Random
}

/**
 * One toxic's place in one link: what it takes from, what it puts into, and what it remembers.
 *
 * A toxic waits only through this class, and every wait ends when the stage is interrupted. So a chain can be changed
 * at any moment, whatever its toxics are doing and whether or not anyone reads at the far end.
 */
export class Stage<State = unknown> implements Wakeable {
  readonly input: Queue
  readonly state: State
  readonly #clock: Clock
  readonly #makeRandom: () => Random
  #output: Queue
  #random: Random | undefined
  #running: Promise<void> = Promise.resolve()
  #interrupted = false
  #resume: (() => void) | null = null
  #heedsQueues = false

  constructor({ input, output, state, clock, random }: StageOptions<State>) {
    this.input = input
    this.#output = output
    this.state = state
    this.#clock = clock
    this.#makeRandom = random
    input.consumer = this
    output.producer = this
  }

  get output(): Queue {
    return this.#output
  }

  /** Puts the next stage, or the end of the link, behind this one. What it is waiting for is looked at anew. */
  set output(queue: Queue) {
    this.#output = queue
    queue.producer = this
    this.wake()
  }

  get random(): Random {
    return (this.#random ??= this.#makeRandom())
  }

  get closed(): boolean {
    return this.#output.ended
  }

  now(): number {
    return this.#clock.now()
  }

  /** Waits for the next chunk, whether or not there is room behind this stage, until a time if one is given. */
  async take(untilMs = Infinity): Promise<Chunk | Signal> {
    for (;;) {
      if (this.#interrupted) return 'interrupted'
      const chunk = this.input.take()
      if (chunk !== undefined) return chunk
      if (this.input.ended) return 'end'
      if (this.now() >= untilMs) return 'late'
      await this.#pause(untilMs, true)
    }
  }

  /** Waits for the next chunk and for room to pass it on. */
  async next(): Promise<Chunk | Signal> {
    return (await this.room()) ? this.take() : 'interrupted'
  }

  /** Waits for room behind this stage; false when interrupted. */
  async room(): Promise<boolean> {
    while (!this.#interrupted && !this.#output.hasRoom) await this.#pause(Infinity, true)
    return !this.#interrupted
  }

  /** Waits until a time (`clock.now()`); false when interrupted. A time that is past is no wait at all. */
  async sleepUntil(untilMs: number): Promise<boolean> {
    while (!this.#interrupted && this.now() < untilMs) await this.#pause(untilMs, false)
    return !this.#interrupted
  }

  /** Waits until interrupted. */
  async hold(): Promise<void> {
    while (!this.#interrupted) await this.#pause(Infinity, false)
  }

  /** Passes a chunk on. It never waits: see {@link Queue}. */
  emit(chunk: Chunk): void {
    this.#output.push(chunk)
  }

  /** Ends the stream here: nothing more passes, and what lies behind closes when it has passed on what it has. */
  close(): void {
    this.#output.end()
  }

  /** Starts a toxic on this stage. Call {@link interrupt} before starting another. */
  run(pipe: () => Promise<void>): void {
    this.#interrupted = false
    this.#running = pipe()
  }

  /** Stops the toxic that runs here and waits until it has put down what it held. Takes no time to speak of. */
  async interrupt(): Promise<void> {
    this.#interrupted = true
    this.#resume?.()
    await this.#running
  }

  wake(): void {
    if (this.#heedsQueues) this.#resume?.()
  }

  /** Waits until interrupted, the time comes or, if these are heeded, a queue changes. Whoever waits looks again. */
  #pause(untilMs: number, heedsQueues: boolean): Promise<void> {
    return new Promise((resolve) => {
      const ms = Math.min(Math.ceil(untilMs - this.now()), LONGEST_TIMER_MS)
      const timer = untilMs === Infinity ? undefined : setTimeout(() => this.#resume?.(), ms)
      this.#heedsQueues = heedsQueues
      this.#resume = () => {
        clearTimeout(timer)
        this.#resume = null
        resolve()
      }
    })
  }
}
