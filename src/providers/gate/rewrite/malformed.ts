import { written, type Rewrite } from './rewrite.ts'

const BLANK_LINE = Buffer.from('\n\n')

/** Cuts the event after so many tokens in half, as a proxy that loses a packet does; what follows it is whole again. */
export function malformedAfter(tokens: number): Rewrite {
  return async function* (pieces, shaping) {
    let passed = 0
    for await (const piece of pieces) {
      if (piece.content && passed++ === tokens && shaping.inForce()) {
        shaping.hit()
        const half = piece.bytes.subarray(0, Math.floor(piece.bytes.length / 2))
        yield written(Buffer.concat([half, BLANK_LINE]))
      } else {
        yield piece
      }
    }
  }
}
