/** A piece of a stream: one event of it, with the blank line that ends it. */
export interface Piece {
  bytes: Uint8Array
  /** Whether it carries content. Vendors send a token in each such event. */
  content: boolean
}

/** What a rewrite may do beside passing pieces on. */
export interface Shaping {
  /** Notes that the fault shapes this answer. */
  hit(): void
  /** Notes that the provider makes no more than these tokens; null when it goes on. */
  stopAt(tokens: number | null): void
  /** Waits until the fault ends, at most for `mostMs`; rejects if the caller goes away. */
  whileInForce(mostMs?: number): Promise<void>
  /** Whether the fault is in force still. */
  inForce(): boolean
  /** An error of that kind, as an event. */
  errorEvent(kind: 'overloaded' | 'insufficient-quota' | 'rate-limited' | 'server-error'): Uint8Array
  /** An event without content, in the vendor's words. */
  idleEvent(): Uint8Array
}

/** Passes a stream on, changed. When it returns, the stream ends cleanly, and what is left of the source is given up. */
export type Rewrite = (pieces: AsyncIterable<Piece>, shaping: Shaping) => AsyncGenerator<Piece>

/** A piece that the gate itself has written, and that carries no content. */
export function written(bytes: Uint8Array): Piece {
  return { bytes, content: false }
}
