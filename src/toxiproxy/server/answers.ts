import { ApiError } from './errors.ts'
import { encodeJson, type Encodable } from './json/encode.ts'

/** What a route answers. */
export interface Answer {
  status: number
  contentType: string | null
  body: string
  headers?: Record<string, string>
}

const JSON_TYPE = 'application/json'
const TEXT_TYPE = 'text/plain; charset=utf-8'

export function json(status: number, value: Encodable): Answer {
  return jsonText(status, encodeJson(value))
}

/** An answer whose JSON is written already. */
export function jsonText(status: number, body: string): Answer {
  return { status, contentType: JSON_TYPE, body }
}

export function noContent(): Answer {
  return { status: 204, contentType: null, body: '' }
}

/** A bare text, as Go's own error pages are. */
export function text(status: number, body: string): Answer {
  return {
    status,
    contentType: TEXT_TYPE,
    body: `${body}\n`,
    headers: { 'X-Content-Type-Options': 'nosniff' },
  }
}

/** What Go's HTTP server says to a request that is none, before anything of ours has seen it. */
export function malformed(why = ''): Answer {
  return {
    status: 400,
    contentType: TEXT_TYPE,
    body: `400 Bad Request${why}`,
    headers: { Connection: 'close' },
  }
}

/** An error. It is JSON, but is sent as text: Toxiproxy's error helper overrides the type, and clients know it so. */
export function apiError(error: ApiError): Answer {
  return text(error.status, encodeJson(errorJson(error)))
}

export function errorJson({ message, status }: ApiError): { error: string; status: number } {
  return { error: message, status }
}

export function methodNotAllowed(): Answer {
  return { status: 405, contentType: null, body: '' }
}
