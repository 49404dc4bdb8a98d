import { requestIdOf } from '../simulated/tag.ts'
import type { Hit } from './effect.ts'
import { holdBack, layTo, type Exchange } from './exchange.ts'
import { piecesOf } from './rewrite/pieces.ts'
import type { Piece, Shaping } from './rewrite/rewrite.ts'

/** A stream as the faults that hit would have it; the stream itself where none does. */
export function reshaped(exchange: Exchange, source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const { hits, format } = exchange
  const held = hits.some(({ effect }) => effect.firstTokenLateMs !== undefined)
  const whole = held ? firstPieceLate(exchange, source) : source
  const rewriting = hits.filter(({ effect }) => effect.stream !== undefined)
  if (rewriting.length === 0) return whole
  let pieces: AsyncIterable<Piece> = piecesOf(whole, format)
  for (const hit of rewriting) pieces = hit.effect.stream?.(pieces, shapingBy(hit, exchange)) ?? pieces
  return bytesOf(pieces)
}

async function* firstPieceLate(
  exchange: Exchange,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let first = true
  for await (const bytes of source) {
    if (first) await holdBack(exchange, 'firstTokenLateMs')
    first = false
    yield bytes
  }
}

async function* bytesOf(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) yield bytes
}

function shapingBy(hit: Hit, exchange: Exchange): Shaping {
  const { format, tag, attempt, clock, signal } = exchange
  const encoder = new TextEncoder()
  return {
    hit: () => layTo(exchange, hit),
    stopAt: (tokens) => {
      exchange.madeAtMost = tokens
    },
    inForce: () => !hit.ended.aborted,
    whileInForce: async (mostMs = LONGEST_MS) => {
      await clock.sleep(mostMs, AbortSignal.any([signal, hit.ended])).catch(() => undefined)
      signal.throwIfAborted()
    },
    errorEvent: (kind) =>
      encoder.encode(format.errorEvent(format.errorAnswer(kind, { requestId: requestIdOf(tag) }).body)),
    idleEvent: () =>
      encoder.encode(
        format.idleEvent({
          id: tag,
          created: Math.floor(clock.wall().getTime() / 1000),
          model: attempt?.model ?? '',
        }),
      ),
  }
}

/** Longer than any cap of a fault: a day. */
const LONGEST_MS = 86_400_000
