import { PassThrough, type Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { LARGEST_BODY } from './body.ts'

/** A body on its way upstream, of which a copy is kept: the marker is looked for in it afterwards. */
export interface BodyCopy {
  body: Readable
  /** What has come so far, as text. */
  text(): string
  /** Resolves when the caller has sent it all, whoever reads `body`; rejects if the caller breaks off. */
  ended: Promise<void>
}

/** Lets a body pass at its reader's pace. It is read to its end even if its reader gives up: who sends it waits for that. */
export function copyOf(source: Readable): BodyCopy {
  const body = new PassThrough()
  const kept: Buffer[] = []
  let size = 0
  source.on('data', (piece: Buffer) => {
    size += piece.length
    if (size <= LARGEST_BODY) kept.push(piece)
    if (!body.destroyed && !body.write(piece)) source.pause()
  })
  body.on('drain', () => source.resume())
  body.on('close', () => source.resume())
  // Whoever reads the body hears of it too, and says so better.
  body.on('error', () => {})
  const ended = finished(source, { writable: false })
  ended.then(
    () => body.end(),
    (error: Error) => body.destroy(error),
  )
  return { body, text: () => Buffer.concat(kept).toString('utf8'), ended }
}
