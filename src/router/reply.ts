import type { ServerResponse } from 'node:http'
import type { FailureClass } from '../base/index.ts'
import type { HeaderList } from './headers.ts'

/** An error of the router in OpenAI's shape. `type` names the failure's class, so that a client need not guess. */
export interface RouterError {
  type: string
  code: string | null
  message: string
}

/** Names a class the way OpenAI writes types: `rate_limit`. */
export function typeOf(failureClass: FailureClass): string {
  return failureClass.replaceAll('-', '_')
}

/** Writes an error as the body of a plain answer. */
function errorBody({ type, code, message }: RouterError): string {
  return JSON.stringify({ error: { message, type, param: null, code } })
}

/**
 * Writes an error as an event within a stream. The line break before it ends whatever event the provider left open, so
 * that the two are not read as one.
 */
export function errorEvent(error: RouterError): string {
  return `\ndata: ${errorBody(error)}\n\n`
}

/** Answers with an error. */
export function replyError(
  response: ServerResponse,
  status: number,
  error: RouterError,
  headers: HeaderList = [],
): void {
  const body = Buffer.from(errorBody(error))
  response.writeHead(status, [
    ...headers,
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(body.length),
  ])
  response.end(body)
}

/** Answers that the request itself is wrong. */
export function replyCallerFault(
  response: ServerResponse,
  status: number,
  code: string | null,
  message: string,
  headers: HeaderList = [],
): void {
  replyError(response, status, { type: 'invalid_request_error', code, message }, headers)
}
