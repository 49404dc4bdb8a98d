import type { IncomingHttpHeaders } from 'node:http'
import { HOP_BY_HOP, type WireFormat } from '../wire/index.ts'
import type { Target } from './target.ts'

/** Header lists are flat (name, value, name, value …): both undici and `writeHead` take them so without a copy. */
export type HeaderList = string[]

const CONNECTION_ONLY = new Set(HOP_BY_HOP)

/**
 * What goes on to a provider of the caller's headers. A short list of what is wanted, because what is not known may be
 * the caller's own key, a cookie, or an organization that only one of the two providers knows.
 */
const TO_PROVIDER = ['accept', 'user-agent', 'x-request-id', 'traceparent', 'tracestate'] as const

const KEY_HEADERS = new Set(['authorization', 'x-api-key', 'api-key', 'cookie'])

/** Length and cookies are the router's own affair; a provider cannot speak in the router's name. */
const NOT_TO_CALLER = new Set(['content-length', 'set-cookie'])

/** Node refuses to send others, and throws. */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * The headers of a routed question: the target's own, then what the caller may add. What one format alone knows goes from
 * a caller to a provider of it; what it must know is there in any case.
 */
export function headersToProvider(
  { headers, format }: Pick<Target, 'headers' | 'format'>,
  caller: WireFormat,
  sent: IncomingHttpHeaders,
): HeaderList {
  const list = [...headers]
  for (const name of TO_PROVIDER) append(list, name, single(sent[name]))
  for (const name of format.ownHeaders)
    append(
      list,
      name,
      (caller.id === format.id ? single(sent[name]) : undefined) ?? format.requiredHeaders[name],
    )
  return list
}

/** The headers of a bypassed question: all of the caller's but its key, with the target's key in its place. */
export function headersUntouched(own: readonly string[], caller: IncomingHttpHeaders): HeaderList {
  const list = [...own]
  for (const name in caller) {
    if (CONNECTION_ONLY.has(name) || KEY_HEADERS.has(name) || name === 'host' || name === 'expect') continue
    append(list, name, caller[name])
  }
  return list
}

/** The headers of an answer as they go back: `content-length` and what is between router and provider left out. */
export function headersToCaller(answer: IncomingHttpHeaders): HeaderList {
  const list: HeaderList = []
  for (const name in answer) {
    if (CONNECTION_ONLY.has(name) || NOT_TO_CALLER.has(name) || name.startsWith('x-gameday-')) continue
    append(list, name, answer[name])
  }
  return list
}

function append(list: HeaderList, name: string, value: string | string[] | undefined): void {
  if (typeof value === 'string') {
    if (SENDABLE.test(value)) list.push(name, value)
  } else if (value !== undefined) {
    for (const one of value) append(list, name, one)
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
