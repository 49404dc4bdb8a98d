/** Bytes of one read. More at a time would save calls, and cost every connection as much memory. */
const READ_BYTES = 64 * 1024

/** Memories that lie ready for the next connections of a proxy. Each connection has its own all the same. */
const MOST_SPARE = 64

/**
 * The memory that a dialled socket is read into, always the same: without it every read takes 64 KiB anew, and collecting
 * them is half of what passing bytes on costs. Whoever is handed bytes returns whether the memory is free again; if not,
 * the socket is read no further until it is resumed. Node offers this for sockets that connect, not for accepted ones.
 */
export class Intake {
  readonly onread = {
    buffer: Buffer.allocUnsafeSlow(READ_BYTES),
    callback: (length: number): boolean => this.#take(this.onread.buffer.subarray(0, length)),
  }
  #take: (data: Buffer) => boolean = () => false

  /** Says who takes what is read. Nothing may be read before. */
  set taker(take: (data: Buffer) => boolean) {
    this.#take = take
  }
}

/** The intakes of a proxy. One that a closed connection gives back serves the next: making them anew is a third of what a connection costs. */
export class Intakes {
  readonly #spare: Intake[] = []

  take(): Intake {
    return this.#spare.pop() ?? new Intake()
  }

  /** Takes an intake back, once, when no socket reads into it or writes from it any more. */
  giveBack(intake: Intake): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(intake)
  }
}
