import type { Rewrite } from './rewrite.ts'

/** Lets a stream stand still after so many tokens, for as long as the fault is in force. */
export function stallAfter(tokens: number): Rewrite {
  return async function* (pieces, shaping) {
    let passed = 0
    for await (const piece of pieces) {
      if (piece.content && passed++ === tokens && shaping.inForce()) {
        shaping.hit()
        shaping.stopAt(tokens)
        await shaping.whileInForce()
        shaping.stopAt(null)
      }
      yield piece
    }
  }
}
