import type { Socket } from 'node:net'
import type { Clock } from '../../base/index.ts'
import type { Case, Chances } from './chances.ts'
import type { Intake } from './intake.ts'
import { Queue } from './queue.ts'
import { Reader } from './reader.ts'
import { Stage } from './stage.ts'
import type { Toxic } from './toxic.ts'
import { noop } from './toxics/noop.ts'
import { Writer } from './writer.ts'

export interface LinkOptions {
  source: Socket
  destination: Socket
  /** How the source is read, where it is read into the same memory again and again. */
  intake: Intake | null
  /** Closes the destination after the last byte. */
  close: () => void
  clock: Clock
  chances: Chances
  proxy: number
  connection: number
  /** Told when a toxic breaks, which is our own fault. */
  onFault: (error: unknown) => void
}

interface Place {
  readonly toxic: Toxic
  readonly stage: Stage
}

/**
 * One direction of one connection: a chain of toxics between two sockets, in the order in which they were added.
 *
 *     source > Reader > queue > Stage(toxic) > queue > Stage(toxic) > queue > Writer > destination
 *
 * A toxic is added at the end, updated or removed while bytes flow, and none is lost or reordered by it. There is one
 * way to do so: interrupt the stage, which makes its toxic put down what it holds, change the chain, and run it again.
 * A queue's ends are swapped in one step of the event loop, so that nothing can slip past.
 * Without toxics, Reader hands to Writer and nothing lies between.
 */
export class Link {
  readonly #options: LinkOptions
  readonly #reader: Reader
  readonly #writer: Writer
  #places: Place[] = []
  #stopped = false

  constructor(options: LinkOptions) {
    this.#options = options
    const queue = new Queue(1)
    this.#writer = new Writer(options.destination, { input: queue, close: options.close })
    this.#reader = new Reader(options.source, {
      output: queue,
      writer: this.#writer,
      clock: options.clock,
      intake: options.intake,
    })
  }

  /** Puts the toxics that are there when the connection opens into the chain, before any byte is read. */
  open(toxics: readonly Toxic[]): void {
    for (const toxic of toxics) this.#append(toxic)
  }

  /**
   * Adds a toxic at the end of the chain. What passed its place before is not affected any more, nor is the chunk that the
   * toxic before it holds: as in Toxiproxy, that one is interrupted, and puts it down past the new one.
   */
  async add(toxic: Toxic): Promise<void> {
    const before = this.#places.at(-1)
    await before?.stage.interrupt()
    // The end of the stream may have passed already: nothing will come here, and the queue before the writer is its to end.
    if (this.#stopped || this.#writer.input.ended) return
    this.#append(toxic)
    if (before !== undefined) this.#run(before)
  }

  /** Makes the chain run with what a toxic's settings now are. */
  async update(toxic: Toxic): Promise<void> {
    const place = this.#places.find((each) => each.toxic === toxic)
    if (place === undefined) return
    await place.stage.interrupt()
    if (!this.#stopped && !place.stage.closed) this.#run(place)
  }

  /**
   * Takes a toxic out of the chain and passes on, in order and at once, what waited in front of it. As in Toxiproxy, the
   * toxic before it is interrupted too, and puts down what it holds.
   */
  async remove(toxic: Toxic): Promise<void> {
    const index = this.#places.findIndex((each) => each.toxic === toxic)
    const place = this.#places[index]
    if (place === undefined) return
    const { stage } = place
    if (this.affects(toxic) && toxic.kind.staysOn?.(stage.state) === true) return
    await stage.interrupt()
    if (this.#stopped || stage.closed) return
    if (this.affects(toxic)) toxic.kind.cleanup?.(stage)
    const before = this.#places[index - 1]
    await before?.stage.interrupt()
    if (this.#stopped) return
    this.#places.splice(index, 1)
    for (let chunk = stage.input.take(); chunk !== undefined; chunk = stage.input.take()) stage.emit(chunk)
    if (stage.input.ended) stage.close()
    ;(before?.stage ?? this.#reader).output = stage.output
    if (before !== undefined && !before.stage.closed) this.#run(before)
  }

  /** Says whether a toxic's toxicity makes it affect this connection. Drawn once, so that an update does not draw again. */
  affects(toxic: Toxic): boolean {
    if (toxic.toxicity >= 1) return true
    return toxic.toxicity > 0 && this.#options.chances.draw(this.#caseOf(toxic)) < toxic.toxicity
  }

  /** Stops every toxic, once both sockets are closed, so that no timer is left behind. */
  stop(): void {
    this.#stopped = true
    for (const { stage } of this.#places) void stage.interrupt()
  }

  #append(toxic: Toxic): void {
    const last = this.#writer.input
    const queue = new Queue(toxic.kind.bufferChunks ?? 1)
    const before = this.#places.at(-1)?.stage ?? this.#reader
    const stage = new Stage({
      input: queue,
      output: last,
      state: toxic.kind.newState?.(),
      clock: this.#options.clock,
      random: () => this.#options.chances.generator(this.#caseOf(toxic)),
    })
    this.#places.push({ toxic, stage })
    this.#run({ toxic, stage })
    before.output = queue
  }

  #run({ toxic, stage }: Place): void {
    const { kind, attributes } = toxic
    const pipe = this.affects(toxic) ? () => kind.pipe(stage, attributes) : () => noop.pipe(stage, {})
    stage.run(() => pipe().catch(this.#options.onFault))
  }

  #caseOf(toxic: Toxic): Case {
    return { proxy: this.#options.proxy, connection: this.#options.connection, toxic: toxic.ordinal }
  }
}
