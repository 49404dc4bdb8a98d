import { written, type Piece, type Rewrite, type Shaping } from './rewrite.ts'

/** Ends a stream after so many tokens as if that were all: no finish reason, no marker, and a clean end. */
export function cutAfter(tokens: number): Rewrite {
  return (pieces, shaping) => firstTokens(pieces, shaping, tokens, [])
}

/** Ends a stream with an error event after so many tokens; with none, right after the events that come before content. */
export function errorAfter(tokens: number, kind: Parameters<Shaping['errorEvent']>[0]): Rewrite {
  return (pieces, shaping) => firstTokens(pieces, shaping, tokens, [written(shaping.errorEvent(kind))])
}

async function* firstTokens(
  pieces: AsyncIterable<Piece>,
  shaping: Shaping,
  tokens: number,
  ending: readonly Piece[],
): AsyncGenerator<Piece> {
  let passed = 0
  for await (const piece of pieces) {
    if (piece.content && passed++ === tokens && shaping.inForce()) {
      shaping.hit()
      shaping.stopAt(tokens)
      yield* ending
      return
    }
    yield piece
  }
}
