import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../base/index.ts'
import type { RouterConfig } from '../config/index.ts'
import type { WireError } from '../wire/index.ts'
import type { Alarm } from './alarm.ts'
import type { WholeAnswer } from './answer.ts'
import type { Pass } from './circuit.ts'
import { Collector } from './collector.ts'
import { usageOf, usageStated, type Usage } from './cost.ts'
import { broken, finding, refusal, type Failure } from './failure.ts'
import type { Question } from './question.ts'
import { Relay } from './relay.ts'
import { readRetryAfter } from './retry-after.ts'
import type { Target } from './target.ts'
import type { WayBack } from './translate/way-back.ts'
import { UpstreamCall, type AnswerSink } from './upstream.ts'

/** What an attempt may count on, and whom it reports to. One of `answered`, `streamed` and `failed` is called, once. */
export interface AttemptOwner {
  readonly clock: Clock
  readonly alarm: Alarm
  readonly timeouts: RouterConfig['timeouts']
  /** When the whole request must be over. */
  readonly totalDueMs: number
  /** A stream goes to the caller from here on: no other target can take over. */
  opened(attempt: Attempt, status: number, headers: IncomingHttpHeaders): void
  /** Sends bytes of an opened stream; false when the caller cannot keep up and `resume` will be called. */
  send(bytes: Buffer): boolean
  answered(attempt: Attempt, answer: WholeAnswer, usage: Usage | null): void
  streamed(attempt: Attempt, usage: Usage | null): void
  /** `whole` is the refusal word for word, where there was one; `told`: the stream itself has said so already. */
  failed(
    attempt: Attempt,
    failure: Failure,
    details: { usage: Usage | null; whole?: WholeAnswer; told?: boolean },
  ): void
}

/** What an attempt waits for; each has its clock. */
type Waiting = 'head' | 'first token' | 'next token' | 'body' | 'caller'

/** One question to one target, from sending it to judging the answer. */
export class Attempt implements AnswerSink {
  readonly target: Target
  readonly pass: Pass
  readonly startedMs: number
  readonly #question: Question
  readonly #owner: AttemptOwner
  readonly #call: UpstreamCall
  #waiting: Waiting = 'head'
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #body: Collector | null = null
  #relay: Relay | null = null
  #arrived: Buffer[] = []

  constructor(target: Target, pass: Pass, question: Question, owner: AttemptOwner, startedMs: number) {
    this.target = target
    this.pass = pass
    this.startedMs = startedMs
    this.#question = question
    this.#owner = owner
    this.#call = new UpstreamCall(this, target.inFlight)
  }

  /** It is, or was, a stream that began with a good status. */
  get inStream(): boolean {
    return this.#relay !== null
  }

  start(): void {
    const { target } = this
    const question = {
      origin: target.origin,
      path: target.basePath + this.#question.pathFor(target),
      method: this.#question.method,
      headers: this.#question.headersFor(target),
      body: this.#question.bodyFor(target),
      headersTimeout: 0,
      bodyTimeout: 0,
    }
    try {
      target.dispatcher.dispatch(question, this.#call)
    } catch (error) {
      // undici reports; a dispatcher from outside may throw.
      return this.#fail(broken(error instanceof Error ? error : new Error(String(error))))
    }
    // After the question is on its way, as everything that can wait: the provider is at work in the meantime.
    if (!this.#call.over) this.#wait('head', this.startedMs)
  }

  /** Drops the call without a verdict; the target sees its caller hang up. */
  cancel(): void {
    this.#arrived = []
    this.#call.cancel()
  }

  /** The caller can take more. */
  resume(): void {
    this.#wait('next token', this.#owner.clock.now())
    this.#call.resume()
  }

  /** The alarm that was set for this attempt went off. */
  expired(nowMs: number): void {
    // What makes the answer complete, or has told the caller that it will not be, is there: only the end is missing.
    const relay = this.#relay
    if (relay !== null && (relay.opened || this.pass.whole) && (relay.finished || relay.trouble !== null))
      return this.#end(relay, null)
    this.#fail(this.#lateness(nowMs))
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    this.#headers = headers
    const encoding = headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity')
      return this.#fail(
        finding('malformed', 'content_encoding', `the answer came packed (${encoding.slice(0, 20)})`),
      )
    if (isGood(status) && this.#question.stream && !isJson(headers['content-type'])) {
      this.#relay = new Relay(this.target.format, this.#wayBack()?.outlet())
      this.#wait('first token', this.#owner.clock.now())
    } else {
      this.#body = new Collector()
      this.#wait('body', this.#owner.clock.now())
    }
  }

  onBytes(chunk: Buffer): void {
    if (this.#relay !== null) {
      // A read of the socket often brings several events, each a chunk of its own: they are read and sent as one.
      if (this.#arrived.push(chunk) === 1)
        queueMicrotask(() => this.#relay !== null && this.#relayArrived(this.#relay))
    } else if (this.#body?.push(chunk) === false) {
      this.#fail(finding('malformed', 'too_large', 'the answer is too large'))
    } else {
      this.#wait('body', this.#owner.clock.now())
    }
  }

  onEnd(): void {
    if (this.#relay === null) this.#judge(this.#takeWhole())
    else this.#end(this.#relay, null)
  }

  onBroken(error: Error): void {
    const failure = broken(error)
    if (this.#relay !== null) return this.#end(this.#relay, failure)
    if (this.#body === null || isGood(this.#status)) return this.#fail(failure)
    // Half a refusal may say why; half a reproach of the caller is not to be passed on.
    const refused = this.#refusal(this.#takeWhole())
    this.#fail(refused.blamesTarget ? refused : failure)
  }

  #relayArrived(relay: Relay): void {
    const bytes = this.#takeArrived()
    if (bytes === null) return
    const { progress, send } = relay.push(bytes)
    if (relay.opened) {
      if (send !== null && !this.#owner.send(send)) this.#pause()
      else if (progress) this.#wait('next token', this.#owner.clock.now())
    } else if (relay.trouble !== null && !isCallersFault(relay.trouble)) {
      this.#failStream(relay, relay.trouble)
    } else if (relay.trouble === null && this.pass.whole) {
      if (progress) this.#wait('next token', this.#owner.clock.now())
    } else if (relay.hasContent || relay.trouble !== null) {
      this.#open(relay)
    }
  }

  /** Judges a stream that has ended or, by `cut`, broken off. What was complete before it broke is complete. */
  #end(relay: Relay, cut: Failure | null): void {
    const bytes = this.#takeArrived()
    this.cancel()
    const send = bytes === null ? null : relay.push(bytes).send
    const verdict = relay.verdict()
    const toBeShown = verdict.ok || isCallersFault(verdict.error)
    if (!relay.opened && toBeShown) this.#open(relay)
    else if (send !== null) this.#owner.send(send)

    if (verdict.ok) {
      const rest = relay.rest()
      if (rest !== null) this.#owner.send(rest)
      this.#owner.streamed(this, usageOf(relay.facts))
    } else if (cut === null || relay.trouble !== null) {
      this.#failStream(relay, verdict.error)
    } else if (relay.opened) {
      this.#failStream(relay, { ...verdict.error, message: `${verdict.error.message}: ${cut.message}` })
    } else {
      this.#fail(cut)
    }
  }

  #open(relay: Relay): void {
    const nowMs = this.#owner.clock.now()
    if (relay.trouble === null && this.#question.judged) this.target.circuit.firstContent(this.pass, nowMs)
    this.#wait('next token', nowMs)
    this.#owner.opened(this, this.#status, this.#wayBack()?.headers(this.#headers) ?? this.#headers)
    const bytes = relay.open()
    if (bytes !== null && !this.#owner.send(bytes)) this.#pause()
  }

  #pause(): void {
    this.#call.pause()
    this.#wait('caller', this.#owner.clock.now())
  }

  #judge(whole: WholeAnswer): void {
    if (!isGood(whole.status)) return this.#fail(this.#refusal(whole), { whole })
    if (!this.#question.judged) return this.#answer(whole, null)
    const text = whole.body.toString()
    const answer = this.target.format.readAnswer(text)
    if (answer.ok) return this.#answer(whole, usageOf(answer.facts))
    const retryAfterMs = readRetryAfter(whole.headers, this.#owner.clock.wall())
    this.#fail(refusal(answer.error, null, retryAfterMs), {
      whole,
      usage: usageStated(text, this.target.format),
    })
  }

  #answer(whole: WholeAnswer, usage: Usage | null): void {
    const sent = this.#toCaller(whole)
    if (sent !== null) return this.#owner.answered(this, sent, usage)
    const unread = 'the answer cannot be written in the caller’s format'
    this.#fail(finding('malformed', 'untranslatable', unread), { usage })
  }

  #refusal({ status, headers, body }: WholeAnswer): Failure {
    if (status < 400)
      return finding('malformed', 'redirect', `the target answered ${status}, which is no answer`)
    return refusal(
      this.target.format.classify(status, body.toString()),
      status,
      readRetryAfter(headers, this.#owner.clock.wall()),
    )
  }

  #failStream(relay: Relay, error: WireError): void {
    // An error event or a guardrail's finish reason has gone to the caller; garbage tells nobody anything.
    const toldInBand =
      relay.trouble === null ? error.class === 'refused' : relay.trouble.class !== 'malformed'
    this.#fail(refusal(error, null, null), { usage: usageOf(relay.facts), told: relay.opened && toldInBand })
  }

  #fail(failure: Failure, details: { usage?: Usage | null; whole?: WholeAnswer; told?: boolean } = {}): void {
    this.cancel()
    const { whole, ...rest } = details
    const sent = whole === undefined ? null : this.#toCaller(whole)
    this.#owner.failed(this, failure, { usage: null, ...rest, ...(sent === null ? {} : { whole: sent }) })
  }

  #wayBack(): WayBack | null {
    return this.#question.wayBack(this.target)
  }

  #toCaller(whole: WholeAnswer): WholeAnswer | null {
    const back = this.#wayBack()
    return back === null ? whole : back.whole(whole)
  }

  #takeArrived(): Buffer | null {
    const [first, ...more] = this.#arrived
    if (first === undefined) return null
    this.#arrived = []
    return more.length === 0 ? first : Buffer.concat([first, ...more])
  }

  #takeWhole(): WholeAnswer {
    return { status: this.#status, headers: this.#headers, body: this.#body?.take() ?? Buffer.alloc(0) }
  }

  #wait(waiting: Waiting, nowMs: number): void {
    this.#waiting = waiting
    this.#owner.alarm.set(Math.min(this.#dueMs(waiting, nowMs), this.#owner.totalDueMs), nowMs)
  }

  #dueMs(waiting: Waiting, nowMs: number): number {
    const { headers, firstToken, interToken } = this.#owner.timeouts
    if (waiting === 'head')
      return this.startedMs + (this.#question.stream ? Math.min(headers, firstToken) : headers)
    if (waiting === 'first token') return this.startedMs + firstToken
    return waiting === 'caller' ? Number.POSITIVE_INFINITY : nowMs + interToken
  }

  #lateness(nowMs: number): Failure {
    const { headers, firstToken, interToken, total } = this.#owner.timeouts
    const waiting = this.#waiting
    const late = (code: string, what: string) => finding('timeout', code, what)
    if (nowMs >= this.#owner.totalDueMs) {
      // A target that was given less than its due is not to blame, nor is it for a caller that reads too slowly.
      const blamesTarget = waiting !== 'caller' && nowMs - this.startedMs >= headers
      return { ...late('total_timeout', `the request was not over within ${total} ms`), blamesTarget }
    }
    if (waiting === 'next token')
      return late('inter_token_timeout', `no further token within ${interToken} ms`)
    if (waiting === 'body') return late('body_timeout', `the answer stood still for ${interToken} ms`)
    if (!this.#question.stream || nowMs < this.startedMs + firstToken)
      return late('headers_timeout', `no headers within ${headers} ms`)
    return { ...late('first_token_timeout', `no first token within ${firstToken} ms`), slowToken: true }
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.includes('json') === true
}

function isCallersFault(error: WireError): boolean {
  return error.class === 'caller-fault' || error.class === 'refused'
}
