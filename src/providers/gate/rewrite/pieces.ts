import type { WireFormat } from '../../../wire/index.ts'
import type { Piece } from './rewrite.ts'

const ENDINGS = ['\n\n', '\r\n\r\n', '\r\r'].map((text) => Buffer.from(text))
/** More without a blank line is not a stream of events: it passes as it comes. */
const LARGEST_EVENT = 8_000_000

/** Cuts a stream's bytes, which come in pieces of any size, into its events, and tells which carry content. */
export async function* piecesOf(
  source: AsyncIterable<Uint8Array>,
  format: WireFormat,
): AsyncGenerator<Piece> {
  let content = false
  const reader = format.streamReader((event) => {
    if (event.type === 'content') content = true
  })
  const judged = (bytes: Uint8Array): Piece => {
    content = false
    reader.push(bytes)
    return { bytes, content }
  }
  let held: Buffer = Buffer.alloc(0)
  for await (const bytes of source) {
    held = Buffer.concat([held, bytes])
    for (let end = endOfEvent(held); end > 0; end = endOfEvent(held)) {
      yield judged(held.subarray(0, end))
      held = held.subarray(end)
    }
  }
  if (held.length > 0) yield judged(held)
}

/** Where the first event ends; 0 if it has not. */
function endOfEvent(bytes: Buffer): number {
  const ends = ENDINGS.map((ending) => bytes.indexOf(ending) + ending.length).filter(
    (end, index) => end >= ENDINGS[index]!.length,
  )
  if (ends.length > 0) return Math.min(...ends)
  return bytes.length > LARGEST_EVENT ? bytes.length : 0
}
