import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { ATTEMPTS, SERVED_BY } from './caller.ts'
import { briefly, broken } from './failure.ts'
import { headersToCaller, headersUntouched } from './headers.ts'
import { replyError, typeOf } from './reply.ts'
import type { Target } from './target.ts'
import { UpstreamCall, type AnswerSink } from './upstream.ts'

/**
 * Sends one request straight to one provider and its answer straight back: no judgement, no clocks, no second try.
 * Bodies pass as they come, in both directions; only the key is the target's, as the caller has none.
 */
export class Bypass implements AnswerSink {
  readonly #target: Target
  readonly #response: ServerResponse
  readonly #call: UpstreamCall

  constructor(target: Target, response: ServerResponse) {
    this.#target = target
    this.#response = response
    this.#call = new UpstreamCall(this, target.inFlight)
    response.on('close', () => this.#call.cancel())
    response.on('drain', () => this.#call.resume())
  }

  start(request: IncomingMessage, path: string): void {
    const { dispatcher, origin, basePath, keyHeader } = this.#target
    const hasBody =
      request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
    dispatcher.dispatch(
      {
        origin,
        path: basePath + path,
        method: request.method ?? 'GET',
        headers: headersUntouched(keyHeader, request.headers),
        body: hasBody ? request : null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      this.#call,
    )
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    const list = headersToCaller(headers)
    const length = headers['content-length']
    if (length !== undefined) list.push('content-length', length)
    list.push(SERVED_BY, this.#target.config.role, ATTEMPTS, '1')
    this.#response.writeHead(status, list)
    // A stream's first bytes may be long in coming, and the caller's clocks differ for the two.
    this.#response.flushHeaders()
  }

  onBytes(chunk: Buffer): void {
    if (!this.#response.write(chunk)) this.#call.pause()
  }

  onEnd(): void {
    this.#response.end()
  }

  onBroken(error: Error): void {
    // What had begun cannot be taken back; it must not look complete.
    if (this.#response.headersSent) return void this.#response.destroy()
    const failure = broken(error)
    const { role, name } = this.#target.config
    const message = `The router is bypassed, and ${role} (${name}) failed: ${briefly(failure)}: ${failure.message}`
    replyError(this.#response, this.#target.format, 502, {
      type: typeOf(failure.class),
      code: failure.code,
      message,
    })
  }
}
