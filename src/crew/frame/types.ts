import type { NoteKind } from '../../record/index.ts'

/** What is being typed at this terminal, as far as the frame shows it; the draft itself is in the line below the frame. */
export type Typing =
  /** Single keys are heard. */
  | { mode: 'watch' }
  /** The keys are explained. */
  | { mode: 'help' }
  /** A note is being written; `begunMs` is the moment of its first key, on the drill's clock. */
  | {
      mode: 'note'
      kind: NoteKind
      begunMs: number
      corrects: string | null
      /** The moment that it counts for as it is typed by now; null while that cannot be told. */
      forMs?: number | null
    }
  /** An open question of this seat is being answered. */
  | { mode: 'answer'; gate: string }

/** What a frame shows of the terminal that it is drawn for. */
export type FrameInput = Typing & {
  /** What was last said back to whoever typed: `n4 is on disk`, or why something was not understood. */
  message: string | null
  /** Whether anything can be typed here; an unattended drill on a terminal is only looked at. */
  keys: boolean
}

/** The terminal that a frame is drawn for. */
export interface Window {
  columns: number
  rows: number
  glyphs: 'unicode' | 'ascii'
  /** Whether the frame may use bold, inverse and colours. Nothing is said by them alone. */
  color: boolean
}
