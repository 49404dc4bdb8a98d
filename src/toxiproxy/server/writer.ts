import type { Socket } from 'node:net'
import type { Queue, Wakeable } from './queue.ts'

/** The end of a link: writes what comes to a socket, waits while the socket is full, and closes it after the last byte. */
export class Writer implements Wakeable {
  readonly input: Queue
  readonly #destination: Socket
  readonly #close: () => void
  #blocked = false
  #finished = false
  /** Told when the writer is not blocked any more. */
  unblocked: () => void = () => undefined

  /** `close` closes the destination for good, in both directions: Toxiproxy knows no half-closed connection. */
  constructor(destination: Socket, { input, close }: { input: Queue; close: () => void }) {
    this.#destination = destination
    this.input = input
    this.#close = close
    input.consumer = this
  }

  /** True while the kernel has not taken everything that was written. */
  get blocked(): boolean {
    return this.#blocked
  }

  /** True when nothing waits before it, so that bytes may go straight to {@link write}. */
  get idle(): boolean {
    return this.input.size === 0 && !this.input.ended && !this.#blocked
  }

  write(data: Buffer): void {
    // Bytes for a destination that has closed are dropped; the link's other side learns of it by the way back.
    if (this.#destination.destroyed) return
    this.#destination.write(data, this.#afterWrite)
    this.#blocked = this.#destination.writableLength > 0
  }

  wake(): void {
    while (!this.#blocked) {
      const chunk = this.input.take()
      if (chunk === undefined) break
      this.write(chunk.data)
    }
    this.#closeAtEnd()
  }

  #afterWrite = (): void => {
    if (this.#blocked && this.#destination.writableLength === 0) {
      this.#blocked = false
      this.wake()
      this.unblocked()
    }
    this.#closeAtEnd()
  }

  /** Closes the destination once the kernel has every byte: closing earlier would cut the end off. */
  #closeAtEnd(): void {
    if (this.#finished || this.#blocked || !this.input.ended || this.input.size > 0) return
    this.#finished = true
    this.#close()
  }
}
