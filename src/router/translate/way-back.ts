import type { IncomingHttpHeaders } from 'node:http'
import { envelopeFor, type StreamTranslator, type WireFormat } from '../../wire/index.ts'
import type { WholeAnswer } from '../answer.ts'
import type { Outlet } from '../whole-lines.ts'

/** What of a provider's headers means the same to a caller of the other format. Its rate limits, for one, do not. */
const KEPT = ['content-type', 'cache-control', 'retry-after', 'retry-after-ms', 'x-should-retry'] as const

/** The way of an answer back to a caller of another format. */
export interface WayBack {
  headers(provider: IncomingHttpHeaders): IncomingHttpHeaders
  /** A whole answer, good or not; null if a good one cannot be read. */
  whole(answer: WholeAnswer): WholeAnswer | null
  /** What the bytes of one stream go through. */
  outlet(): Outlet
}

export interface WayBackOptions {
  caller: WireFormat
  provider: WireFormat
  /** Writes the body of a good answer anew. */
  answer: (bodyText: string) => string | null
  stream: () => StreamTranslator
}

/** Makes the way back. */
export function wayBack({ caller, provider, answer, stream }: WayBackOptions): WayBack {
  const headers = (from: IncomingHttpHeaders): IncomingHttpHeaders => {
    const kept = Object.fromEntries(KEPT.map((name) => [name, from[name]]))
    return { ...kept, [caller.requestIdHeader]: from[provider.requestIdHeader] }
  }
  return {
    headers,
    whole({ status, headers: from, body }) {
      const text = body.toString()
      const written =
        status < 300 ? answer(text) : caller.errorBody(envelopeFor(provider.classify(status, text)))
      if (written === null) return null
      const to = { ...headers(from), 'content-type': 'application/json' }
      return { status, headers: to, body: Buffer.from(written) }
    },
    outlet: () => outletOf(stream()),
  }
}

function outletOf(translator: StreamTranslator): Outlet {
  const bytesOf = (text: string) => (text === '' ? null : Buffer.from(text))
  return {
    pass: (bytes) => bytesOf(translator.push(bytes)),
    rest: () => bytesOf(translator.end()),
  }
}
