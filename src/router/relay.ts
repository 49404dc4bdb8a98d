import { type StreamEvent, type StreamReader, type WireError, type WireFormat } from '../wire/index.ts'
import { Collector } from './collector.ts'
import { WholeLines, type Outlet } from './whole-lines.ts'

/**
 * Reads a stream as it passes, and says which of its bytes may go to the caller now.
 *
 * Until it is opened everything is held, so that another provider can still be asked. From then on the bytes go out
 * through the outlet: unchanged in whole lines, or written anew for a caller of another format.
 */
export class Relay {
  readonly #reader: StreamReader
  readonly #outlet: Outlet
  readonly #held = new Collector()
  #opened = false
  #progress = false
  #trouble: WireError | null = null

  constructor(format: WireFormat, outlet: Outlet = new WholeLines()) {
    this.#outlet = outlet
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
    if (this.#opened) return { progress: this.#progress, send: this.#outlet.pass(chunk) }
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
    return this.#outlet.pass(this.#held.take())
  }

  /** What is left at the end of a complete stream. */
  rest(): Buffer | null {
    return this.#outlet.rest()
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
}
