import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { InFlight } from './in-flight.ts'

/** Takes what comes back from one call to a provider. */
export interface AnswerSink {
  onHead(status: number, headers: IncomingHttpHeaders): void
  onBytes(chunk: Buffer): void
  onEnd(): void
  /** The connection failed, before or within the answer. */
  onBroken(error: Error): void
}

/**
 * One call on undici's lowest door, without a stream object in between. After `cancel` nothing more is reported.
 * undici hands out the means to abort only when a connection is there; a call cancelled before that is aborted at that
 * moment, before a byte of it is written. From its making until it is over, however that comes about, it is in flight.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  #sink: AnswerSink | null
  readonly #inFlight: InFlight
  #controller: Dispatcher.DispatchController | null = null

  constructor(sink: AnswerSink, inFlight: InFlight) {
    this.#sink = sink
    this.#inFlight = inFlight
    inFlight.begin()
  }

  /** Nothing more will be reported. */
  get over(): boolean {
    return this.#sink === null
  }

  cancel(): void {
    if (this.#release() !== null) this.#controller?.abort(new CallCancelled())
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#sink === null) controller.abort(new CallCancelled())
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHttpHeaders): void {
    // 100 Continue and 103 Early Hints are not the answer yet.
    if (status >= 200) this.#sink?.onHead(status, headers)
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#sink?.onBytes(chunk)
  }

  onResponseEnd(): void {
    this.#release()?.onEnd()
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#release()?.onBroken(error)
  }

  #release(): AnswerSink | null {
    const sink = this.#sink
    if (sink !== null) this.#inFlight.end()
    this.#sink = null
    return sink
  }
}

/** Tells undici to drop a call; nobody sees it. */
class CallCancelled extends Error {
  override readonly name = 'CallCancelled'
}
