/** Bytes on their way through a link, with the time at which they came (`clock.now()`, milliseconds). */
export interface Chunk {
  readonly data: Buffer
  readonly arrivedMs: number
}

/** Whoever fills or empties a queue, and looks again when told to. */
export interface Wakeable {
  wake(): void
}

/**
 * Chunks between two stages of a link. Its capacity is what the stage before it heeds, not a wall: pushing never waits
 * and never fails, so that a chunk in hand can always be put down, even when nobody reads at the far end.
 */
export class Queue {
  /** Told when there is room again. */
  producer: Wakeable | null = null
  /** Told when there is something to take, or the end. */
  consumer: Wakeable | null = null
  readonly #capacity: number
  #chunks: Chunk[] = []
  /** Taken chunks at the front, cut off now and then: shift() alone would be slow on a thousand. */
  #taken = 0
  #ended = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#chunks.length - this.#taken
  }

  get hasRoom(): boolean {
    return this.size < this.#capacity
  }

  /** True once nothing more will come; there may be chunks left to take. */
  get ended(): boolean {
    return this.#ended
  }

  /** Adds a chunk. After the end it is dropped: the connection is closing, and there is nowhere for it to go. */
  push(chunk: Chunk): void {
    if (this.#ended) return
    this.#chunks.push(chunk)
    this.consumer?.wake()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.consumer?.wake()
  }

  take(): Chunk | undefined {
    const chunk = this.#chunks[this.#taken]
    if (chunk === undefined) return undefined
    this.#taken++
    if (this.#taken >= 64 || this.size === 0) {
      this.#chunks = this.#chunks.slice(this.#taken)
      this.#taken = 0
    }
    this.producer?.wake()
    return chunk
  }
}
