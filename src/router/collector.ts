/** Most bytes of a plain answer, and of what a stream may send before its first content. */
const LARGEST_ANSWER = 16 * 1024 * 1024

/** Collects the pieces of a body, up to a bound. */
export class Collector {
  #chunks: Buffer[] = []
  #bytes = 0

  /** Takes a piece; false when the bound is passed. */
  push(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    return this.#bytes <= LARGEST_ANSWER
  }

  /** All of it as one buffer, without a copy where there is only one piece. Empties the collector. */
  take(): Buffer {
    const [first, ...rest] = this.#chunks
    this.#chunks = []
    this.#bytes = 0
    if (first === undefined) return Buffer.alloc(0)
    return rest.length === 0 ? first : Buffer.concat([first, ...rest])
  }
}
