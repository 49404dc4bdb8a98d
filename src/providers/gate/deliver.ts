import { text as textOf } from 'node:stream/consumers'
import { pourBody } from './body.ts'
import { holdBack, layTo, sendWhole, type Exchange } from './exchange.ts'
import { reading } from './reading.ts'
import { reshaped } from './reshaped.ts'

type Headers = Record<string, string | string[]>

/** What stands behind the gate has answered. */
interface Delivery {
  status: number
  headers: Headers
  /** Whole where it was made whole, else as it comes. */
  body: string | AsyncIterable<Uint8Array>
  /** Whether the attempt is filled in by what the answer says; of a good simulated one all is known. */
  readAlong: boolean
}

/**
 * Sends an answer as the faults that hit would have it. Where none does, its bytes pass as they come.
 *
 *     stream: headers -> [first token held back] -> [rewritten, event by event] -> caller
 *     plain:  [held back] -> [rewritten whole] -> headers -> caller
 */
export async function deliver(exchange: Exchange, delivery: Delivery): Promise<void> {
  const { res, attempt, signal, hits } = exchange
  const { status, body } = delivery
  const streamed = typeof body !== 'string' && isStream(delivery.headers)
  const rewritten =
    status === 200 && hits.some(({ effect }) => effect[streamed ? 'stream' : 'plain'] !== undefined)
  const reader = delivery.readAlong || rewritten ? reading(exchange, status, streamed) : null
  const headers = status === 200 ? relabelled(exchange, delivery.headers) : delivery.headers
  try {
    if (!streamed) await holdBack(exchange, 'firstTokenLateMs')
    if (typeof body === 'string' || (rewritten && !streamed)) {
      const text = typeof body === 'string' ? body : await textOf(body)
      const sent = rewritten ? rewrittenPlain(exchange, text) : text
      reader?.push(Buffer.from(sent))
      sendWhole(exchange, status, headers, sent)
    } else {
      if (attempt !== null) attempt.status = status
      res.writeHead(status, headers)
      res.flushHeaders()
      const pieces = streamed && status === 200 ? reshaped(exchange, body) : body
      await pourBody(exchange, pieces, reader === null ? undefined : (piece) => reader.push(piece))
    }
    reader?.end()
  } catch (error) {
    reader?.broken()
    // Nobody is left to be told, or the gate itself has failed: whoever called knows what to do.
    if (signal.aborted || reader === null) throw error
    exchange.breakOff()
  }
}

function rewrittenPlain(exchange: Exchange, text: string): string {
  let rewritten = text
  for (const hit of exchange.hits) {
    if (hit.effect.plain === undefined) continue
    layTo(exchange, hit)
    rewritten = hit.effect.plain(exchange.format, rewritten)
  }
  return rewritten
}

function relabelled(exchange: Exchange, headers: Headers): Headers {
  let labelled = headers
  for (const hit of exchange.hits) {
    const { contentType } = hit.effect
    if (contentType === undefined) continue
    layTo(exchange, hit)
    labelled = { ...labelled, 'content-type': contentType }
  }
  return labelled
}

function isStream(headers: Headers): boolean {
  return String(headers['content-type']).startsWith('text/event-stream')
}
