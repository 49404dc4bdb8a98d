import type { IncomingHttpHeaders } from 'node:http'
import { HOP_BY_HOP } from '../../wire/index.ts'

/** What HTTP clients set anew. */
const SET_ANEW = ['host', 'expect', 'accept-encoding']
/** Every place where a client may have put a key. */
const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie']

type Headers = Record<string, string | string[]>

/** The headers of a request as they may go upstream: without credentials, and without `secret` in any of them. */
export function requestHeaders(incoming: IncomingHttpHeaders, secret: string): Headers {
  const kept = without(incoming, [...HOP_BY_HOP, ...SET_ANEW, ...CREDENTIALS])
  for (const [name, value] of Object.entries(kept)) {
    if (String(value).includes(secret)) delete kept[name]
  }
  // Uncompressed, so that the gate can read the answer's id while its bytes pass untouched.
  return { ...kept, 'accept-encoding': 'identity' }
}

/** The headers of an answer as they may go to the client. `clean` is applied to each value. */
export function answerHeaders(upstream: IncomingHttpHeaders, clean: (value: string) => string): Headers {
  const kept = without(upstream, HOP_BY_HOP)
  return Object.fromEntries(
    Object.entries(kept).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(clean) : clean(value),
    ]),
  )
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): Headers {
  const named = String(headers.connection ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
  const dropped = new Set([...names, ...named])
  const kept: Headers = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !dropped.has(name.toLowerCase())) kept[name] = value
  }
  return kept
}
