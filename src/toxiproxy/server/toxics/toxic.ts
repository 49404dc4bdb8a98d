import type { Stage } from '../stage.ts'

/** The settings of a toxic: integers, zero unless set. */
export type Attributes<Field extends string = string> = Readonly<Record<Field, number>>

/**
 * A kind of toxic: how bytes pass while it is in force. It holds nothing of its own, for one toxic serves every
 * connection of a proxy; its settings and what it must remember of a connection are handed to it.
 *
 * The abilities marked with `?` are for the toxics that need them.
 */
export interface ToxicKind<Field extends string = string, State = unknown> {
  /** Its name in the API. */
  readonly type: string
  /** Its name in error texts, which clients may have come to know. */
  readonly structName: string
  /** The type of its settings in error texts; int64 unless stated. */
  readonly fieldType?: 'int' | 'int64'
  /** Its settings, in the order in which they are reported. */
  readonly fields: readonly Field[]

  /**
   * Moves chunks from the stage's input to its output until the stream ends or it is interrupted, and then returns at
   * once, with nothing left in hand. It is run again after an interruption, with what the settings then are.
   */
  pipe(stage: Stage<State>, attributes: Attributes<Field>): Promise<void>

  /** Chunks that may wait in front of it; 1 unless stated. */
  readonly bufferChunks?: number
  /** Makes what it remembers of one connection. It outlives updates and ends with the toxic. */
  newState?(): State
  /** Says why these settings would do harm; null when they are fine. */
  validate?(attributes: Attributes<Field>): string | null
  /** Does what removal from a live connection asks for, after it was interrupted. */
  cleanup?(stage: Stage<State>): void
  /** Says whether it must stay on this connection to its end, though it is removed from the proxy. */
  staysOn?(state: State): boolean
  /** True when connections that open while it is there are closed with a reset. */
  readonly resets?: boolean
}
