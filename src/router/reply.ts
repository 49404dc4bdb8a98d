import type { ServerResponse } from 'node:http'
import type { FailureClass } from '../base/index.ts'
import type { EnvelopedError, WireFormat } from '../wire/index.ts'
import type { HeaderList } from './headers.ts'

/** An error of the router. `type` names the failure's class, so that a client need not guess. */
export type RouterError = Pick<EnvelopedError, 'type' | 'code' | 'message'>

/** Names a class the way OpenAI writes types: `rate_limit`. */
export function typeOf(failureClass: FailureClass): string {
  return failureClass.replaceAll('-', '_')
}

/** Writes an error as an event within a stream. */
export function errorEvent(format: WireFormat, error: RouterError): string {
  return format.errorEvent(format.errorBody(error))
}

/** Answers with an error, in the words of the caller's format. */
export function replyError(
  response: ServerResponse,
  format: WireFormat,
  status: number,
  error: RouterError,
  headers: HeaderList = [],
): void {
  const body = Buffer.from(format.errorBody(error))
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
  format: WireFormat,
  status: number,
  code: string | null,
  message: string,
  headers: HeaderList = [],
): void {
  replyError(response, format, status, { type: 'invalid_request_error', code, message }, headers)
}
