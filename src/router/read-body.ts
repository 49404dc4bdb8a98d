import type { IncomingMessage } from 'node:http'

/** Most bytes of a request's body: ten megabytes, some two million tokens. */
export const LARGEST_REQUEST = 10 * 1024 * 1024

/**
 * Reads a request's body and calls `done` with it, or with null if it is too large. What is too large is read on and
 * thrown away for a while, since a caller that is cut off while writing never sees the answer. Nothing is called when
 * the caller goes away first. Callbacks and not a promise, for the router's hot path.
 */
export function readBody(request: IncomingMessage, done: (body: Buffer | null) => void): void {
  const stated = Number(request.headers['content-length'] ?? Number.NaN)
  const chunks: Buffer[] = []
  let bytes = 0
  let over = false

  const finish = (body: Buffer | null) => {
    over = true
    done(body)
  }
  request.on('data', (chunk: Buffer) => {
    if (over) return
    bytes += chunk.length
    if (bytes <= LARGEST_REQUEST) chunks.push(chunk)
    else chunks.length = 0
    // All that was announced is here: no need to wait for the end, which the parser tells a turn later.
    if (bytes === stated || bytes > 4 * LARGEST_REQUEST) finish(whole())
  })
  request.on('end', () => {
    if (!over) finish(whole())
  })

  function whole(): Buffer | null {
    if (bytes > LARGEST_REQUEST) return null
    const [first, ...more] = chunks
    return first === undefined || more.length > 0 ? Buffer.concat(chunks) : first
  }
}
