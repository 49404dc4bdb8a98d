import type { Rewrite } from './rewrite.ts'

/** Leaves the content out of a stream, and lets everything else pass: its beginning, its finish reason, its marker. */
export const streamWithoutContent: Rewrite = async function* (pieces, shaping) {
  for await (const piece of pieces) {
    if (piece.content) shaping.hit()
    else yield piece
  }
}
