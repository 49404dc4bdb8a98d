import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Exchange } from './exchange.ts'

/** More than any provider's context window holds as text. */
export const LARGEST_BODY = 16_000_000

/**
 * Reads a request's body; null if it is larger than `limit` bytes. Such a body is read to its end all the same, and
 * forgotten: an answer to a caller that is still sending would be lost with the connection.
 */
export async function readBody(source: Readable, limit: number): Promise<string | null> {
  return (await readBytes(source, limit))?.toString('utf8') ?? null
}

/** Reads a request's body as it came; null as of `readBody`. */
export async function readBytes(source: Readable, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of source as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size <= limit ? Buffer.concat(chunks) : null
}

/** Writes an answer's body as it comes. Rejects if the source fails or the caller goes away. */
export async function pourBody(
  exchange: Exchange,
  source: AsyncIterable<Uint8Array>,
  onPiece?: (piece: Uint8Array) => void,
): Promise<void> {
  const { res, attempt, clock, signal } = exchange
  let first = true
  for await (const piece of source) {
    if (first) {
      first = false
      if (attempt !== null) attempt.firstByteMs = clock.now()
    }
    onPiece?.(piece)
    if (!res.write(piece)) await drained(res, signal)
  }
  res.end()
}

async function drained(res: ServerResponse, signal: AbortSignal): Promise<void> {
  await once(res, 'drain', { signal })
}
