import type { Socket } from 'node:net'
import type { Clock } from '../../base/index.ts'
import type { Queue, Wakeable } from './queue.ts'
import type { Writer } from './writer.ts'

/** Most bytes of a chunk, as in Toxiproxy: what some toxics do, they do for each chunk. */
const CHUNK_BYTES = 32 * 1024

/** The beginning of a link: reads a socket, cuts what it reads into chunks, and stops reading while there is no room. */
export class Reader implements Wakeable {
  readonly #source: Socket
  readonly #clock: Clock
  readonly #writer: Writer
  #output: Queue
  #paused = false
  #ended = false

  constructor(source: Socket, { output, writer, clock }: { output: Queue; writer: Writer; clock: Clock }) {
    this.#source = source
    this.#writer = writer
    this.#clock = clock
    this.#output = output
    output.producer = this
    source.on('data', (data: Buffer) => this.#read(data))
    source.once('end', () => this.end())
    source.once('close', () => this.end())
  }

  set output(queue: Queue) {
    this.#output = queue
    queue.producer = this
    this.wake()
  }

  /** Ends the stream: the source has closed, orderly or not. */
  end(): void {
    this.#ended = true
    this.#output.end()
  }

  /** Goes on reading if there is room. */
  wake(): void {
    if (!this.#paused || !this.#hasRoom()) return
    this.#paused = false
    this.#source.resume()
  }

  #read(data: Buffer): void {
    if (this.#ended) return
    if (this.#isDirect() && this.#writer.idle) {
      // Nothing lies between the sockets: the bytes pass as they came, neither cut nor stamped.
      this.#writer.write(data)
    } else {
      const arrivedMs = this.#clock.now()
      for (let at = 0; at < data.length; at += CHUNK_BYTES)
        this.#output.push({ data: data.subarray(at, at + CHUNK_BYTES), arrivedMs })
    }
    if (this.#hasRoom()) return
    this.#paused = true
    this.#source.pause()
  }

  #hasRoom(): boolean {
    return this.#output.hasRoom && !(this.#isDirect() && this.#writer.blocked)
  }

  #isDirect(): boolean {
    return this.#output === this.#writer.input
  }
}
