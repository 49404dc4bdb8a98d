/** Characters of one piece: some ten tokens, so that a client sees a stream and not one block. */
const PIECE = /.{1,48}/gsu

/** Cuts a text into the pieces of a stream; none if it is no text. */
export function inPieces(text: unknown): string[] {
  return typeof text === 'string' ? (text.match(PIECE) ?? []) : []
}
