import type { TokenUsage } from '../base/index.ts'

/** What every part of one answer repeats. */
export interface AnswerHead {
  /** The answer's `id`. */
  id: string
  /** Seconds since 1970. */
  created: number
  model: string
}

export type TokenCount = TokenUsage

/** Writes the events of a stream of text. */
export interface ChunkWriter {
  /** What comes before the first piece of text. */
  opening(): string
  content(text: string): string
  /** What comes after the last, the terminal marker included. */
  ending(tokens: TokenCount): string
}
