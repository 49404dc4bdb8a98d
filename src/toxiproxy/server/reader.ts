import type { Socket } from 'node:net'
import type { Clock } from '../../base/index.ts'
import type { Intake } from './intake.ts'
import type { Queue, Wakeable } from './queue.ts'
import type { Writer } from './writer.ts'

/** Most bytes of a chunk, as in Toxiproxy: what some toxics do, they do for each chunk. */
const CHUNK_BYTES = 32 * 1024

export interface ReaderOptions {
  output: Queue
  writer: Writer
  clock: Clock
  /** How the socket is read, where it is read into the same memory again and again. */
  intake: Intake | null
}

/** The beginning of a link: reads a socket, cuts what it reads into chunks, and stops reading while there is no room. */
export class Reader implements Wakeable {
  readonly #source: Socket
  readonly #clock: Clock
  readonly #writer: Writer
  #output: Queue
  #paused = false
  /** True while memory that is read into again lies with the writer. */
  #lent = false
  #ended = false

  constructor(source: Socket, { output, writer, clock, intake }: ReaderOptions) {
    this.#source = source
    this.#writer = writer
    this.#clock = clock
    this.#output = output
    output.producer = this
    writer.unblocked = () => {
      this.#lent = false
      this.wake()
    }
    if (intake === null) source.on('data', (data: Buffer) => void (this.#read(data, false) || source.pause()))
    else intake.taker = (data) => this.#read(data, true)
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

  /** Passes on what was read; false when nothing more may be read before it is woken. `reused` memory is read into again. */
  #read(data: Buffer, reused: boolean): boolean {
    if (this.#ended) return true
    if (this.#isDirect() && this.#writer.idle) {
      // Nothing lies between the sockets: the bytes pass as they came, neither cut nor stamped nor copied.
      this.#writer.write(data)
      this.#lent = reused && this.#writer.blocked
    } else {
      const arrivedMs = this.#clock.now()
      const kept = reused ? Buffer.from(data) : data
      for (let at = 0; at < kept.length; at += CHUNK_BYTES)
        this.#output.push({ data: kept.subarray(at, at + CHUNK_BYTES), arrivedMs })
    }
    this.#paused = !this.#hasRoom()
    return !this.#paused
  }

  #hasRoom(): boolean {
    return !this.#lent && this.#output.hasRoom && !(this.#isDirect() && this.#writer.blocked)
  }

  #isDirect(): boolean {
    return this.#output === this.#writer.input
  }
}
