/** Takes a stream's bytes as they come and gives those that may go to the caller now. */
export interface Outlet {
  pass(bytes: Buffer): Buffer | null
  /** What is left once a complete stream is over. */
  rest(): Buffer | null
}

const [LF, CR] = [10, 13]

/** Most bytes of an unfinished line that are held back; a longer one goes out in pieces. */
const LONGEST_LINE = 256 * 1024

/**
 * Lets bytes out unchanged, but in whole lines: if the provider breaks off within one, the caller sees no half event
 * before the error.
 */
export class WholeLines implements Outlet {
  #unfinished: Buffer | null = null

  pass(chunk: Buffer): Buffer | null {
    const last = chunk[chunk.length - 1]
    if (this.#unfinished === null && (last === LF || last === CR)) return chunk
    const bytes = this.#unfinished === null ? chunk : Buffer.concat([this.#unfinished, chunk])
    const end =
      bytes.length > LONGEST_LINE ? bytes.length : Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
    this.#unfinished = end === bytes.length ? null : bytes.subarray(end)
    return end === 0 ? null : bytes.subarray(0, end)
  }

  rest(): Buffer | null {
    return this.#unfinished
  }
}
