import { type StreamEvent, type StreamReader, type WireError, type WireFormat } from '../wire/index.ts'
import { Collector } from './collector.ts'

const [LF, CR] = [10, 13]

/** Most bytes of an unfinished line that are held back; a longer one goes out in pieces. */
const LONGEST_LINE = 256 * 1024

/**
 * Reads a stream as it passes, and says which of its bytes may go to the caller now.
 *
 * Until it is opened everything is held, so that another provider can still be asked. From then on the bytes go out
 * unchanged, but in whole lines: if the provider breaks off within one, the caller sees no half event before the error.
 */
export class Relay {
  readonly #reader: StreamReader
  readonly #held = new Collector()
  #unfinished: Buffer | null = null
  #opened = false
  #progress = false
  #trouble: WireError | null = null

  constructor(format: WireFormat) {
    this.#reader = format.streamReader((event) => this.#note(event))
  }

  get opened(): boolean {
    return this.#opened
  }

  /** Content has come. */
  get hasContent(): boolean {
    return this.#reader.facts.content
  }

  /** Nothing that follows can be missed: the finish reason has come. */
  get finished(): boolean {
    return this.#reader.facts.finishReason !== null
  }

  get facts(): StreamReader['facts'] {
    return this.#reader.facts
  }

  /** The first error or unreadable event; null while there is none. */
  get trouble(): WireError | null {
    return this.#trouble
  }

  /** Takes bytes; whether they moved the answer on, which pings and role deltas do not. */
  push(chunk: Buffer): { progress: boolean; send: Buffer | null } {
    this.#progress = false
    this.#reader.push(chunk)
    if (this.#opened) return { progress: this.#progress, send: this.#wholeLines(chunk) }
    if (!this.#held.push(chunk))
      this.#trouble ??= {
        class: 'malformed',
        code: null,
        message: 'the stream began with too much that is no content',
      }
    return { progress: this.#progress, send: null }
  }

  /** Opens the way to the caller; what was held until now may go. */
  open(): Buffer | null {
    this.#opened = true
    return this.#wholeLines(this.#held.take())
  }

  /** The unfinished line at the end of a complete stream. */
  rest(): Buffer | null {
    return this.#unfinished
  }

  verdict(): ReturnType<StreamReader['end']> {
    return this.#reader.end()
  }

  #note(event: StreamEvent): void {
    if (event.type === 'error') this.#trouble ??= event.error
    else if (event.type === 'malformed')
      this.#trouble ??= {
        class: 'malformed',
        code: null,
        message: 'an event of the stream is not of its format',
      }
    if (event.type !== 'lifecycle') this.#progress = true
  }

  #wholeLines(chunk: Buffer): Buffer | null {
    const last = chunk[chunk.length - 1]
    if (this.#unfinished === null && (last === LF || last === CR)) return chunk
    const bytes = this.#unfinished === null ? chunk : Buffer.concat([this.#unfinished, chunk])
    const end =
      bytes.length > LONGEST_LINE ? bytes.length : Math.max(bytes.lastIndexOf(LF), bytes.lastIndexOf(CR)) + 1
    this.#unfinished = end === bytes.length ? null : bytes.subarray(end)
    return end === 0 ? null : bytes.subarray(0, end)
  }
}
