import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { ProviderRole } from '../base/index.ts'
import type { WholeAnswer } from './answer.ts'
import { Bill } from './cost.ts'
import { withoutKeys, type Failure } from './failure.ts'
import {
  deedsText,
  GUARDRAIL,
  refusalAccount,
  refusalCode,
  refusalStatus,
  type TargetRefusal,
} from './guard/index.ts'
import { headersToCaller, type HeaderList } from './headers.ts'
import type { Replay } from './memo/index.ts'
import type { Question } from './question.ts'
import { errorEvent, replyCallerFault, replyError, typeOf, type RouterError } from './reply.ts'
import type { Chosen } from './route.ts'
import { REQUEST_ID, type Tally } from './tally.ts'
import type { Target } from './target.ts'
import { account, statusFor, type TargetFailure } from './telling.ts'

export const SERVED_BY = 'x-gameday-served-by'
export const ATTEMPTS = 'x-gameday-attempts'
const COST = 'x-gameday-cost-usd'
const CHOSEN = 'x-gameday-chosen'

/** When a caller is told to come again who found no room: nobody knows, and the official SDKs wait half as long by themselves. */
const COME_AGAIN = ['retry-after', '1', 'x-should-retry', 'true']

/** What is known of the targets that were not asked. */
interface Unasked {
  /** What kept the request from them, in words; null if nothing did. */
  whyNot: string | null
  /** One of them had no room. */
  crowded: boolean
}

interface CallerOptions {
  response: ServerResponse
  question: Question
  tally: Tally | null
  /** The targets' keys, so that none is ever quoted. */
  keys: readonly string[]
}

/** The caller's side of one exchange: all that is written to it, in its own format and with the router's headers. */
export class Caller {
  readonly bill = new Bill()
  /** Attempts that were made for it so far. */
  attempts = 0
  readonly #chosen = new Map<ProviderRole, Chosen | null>()
  readonly #response: ServerResponse
  readonly #question: Question
  readonly #tally: Tally | null
  readonly #keys: readonly string[]

  constructor({ response, question, tally, keys }: CallerOptions) {
    this.#response = response
    this.#question = question
    this.#tally = tally
    this.#keys = keys
  }

  /** Notes an attempt, and why it is made at this target. */
  asking({ config }: Target, chosen: Chosen | null): void {
    this.attempts += 1
    this.#chosen.set(config.role, chosen)
  }

  /** Why a target was asked last; null if by order. */
  chosenAt(role: ProviderRole): Chosen | null {
    return this.#chosen.get(role) ?? null
  }

  /** What guardrails did to its request, as the header says it; null if nothing. */
  get guardrail(): string | null {
    const deeds = this.#question.watch?.deeds ?? []
    return deeds.length === 0 ? null : deedsText(deeds)
  }

  /** Begins to pass a stream on. */
  open(target: Target, status: number, headers: IncomingHttpHeaders): void {
    this.#tally?.firstContent()
    const list = this.#headers(target, headers)
    if (target.config.price !== undefined) list.push('trailer', COST)
    this.#response.writeHead(status, list)
  }

  /** Passes bytes of a stream on; false if the caller cannot keep up, and then `onDrain` is called when it can. */
  write(bytes: Buffer, onDrain: () => void): boolean {
    this.#tally?.sent(bytes)
    if (this.#response.write(bytes)) return true
    this.#response.once('drain', onDrain)
    return false
  }

  /** Ends a stream that is complete, with its cost as a trailer. */
  end(target: Target): void {
    const cost = this.bill.text()
    if (cost !== null && target.config.price !== undefined) this.#response.addTrailers([[COST, cost]])
    this.#response.end()
  }

  /**
   * Ends a stream that cannot be completed: an error event, unless the provider's own has gone out, and then no clean
   * end of the message either, so that a client which reads neither errors nor finish reasons notices as well.
   */
  breakOff(failure: Failure, told: boolean): void {
    if (told && !failure.blamesTarget) {
      this.#response.end()
      return
    }
    if (!told)
      this.#response.write(errorEvent(this.#question.caller, this.#errorOf(failure, failure.message)))
    // Sends what is written, then closes without the last chunk that would make the body complete. A caller that has
    // stopped reading is not waited for.
    if (this.#response.writableNeedDrain) this.#response.destroy()
    else this.#response.socket?.destroySoon()
  }

  /** Sends a target's answer as it came. */
  answer(target: Target, { status, headers, body }: WholeAnswer): void {
    const list = this.#headers(target, headers)
    const cost = this.bill.text()
    if (cost !== null && this.#question.judged && status < 300) list.push(COST, cost)
    // A refusal may quote the key it refuses, and there are gateways that echo what they were sent.
    const quotesKey = this.#keys.some((key) => body.includes(key))
    this.#sendWhole(status, list, quotesKey ? Buffer.from(withoutKeys(body.toString(), this.#keys)) : body)
  }

  /** Sends an answer that was kept. */
  replay({ contentType, body, ageMs }: Replay): void {
    const list = [...this.#requestId(), SERVED_BY, 'cache', 'age', String(Math.floor(ageMs / 1000))]
    list.push(ATTEMPTS, String(this.attempts))
    const cost = this.bill.text()
    if (cost !== null) list.push(COST, cost)
    list.push(...this.#deeds(), 'content-type', contentType)
    this.#sendWhole(200, list, body)
  }

  /** Says that a guardrail forbids it, and at which provider. Returns the header's words for it. */
  refuse(
    first: TargetRefusal,
    refusals: readonly TargetRefusal[],
    failures: readonly TargetFailure[],
  ): string {
    const { refusal } = first
    const guardrail = deedsText([{ what: 'refused', limit: refusal.limit }])
    const headers = [...this.#requestId(), ATTEMPTS, String(this.attempts), 'x-should-retry', 'false']
    replyError(
      this.#response,
      this.#question.caller,
      refusalStatus(refusal),
      { type: 'refused', code: refusalCode(refusal), message: refusalAccount(refusals, failures) },
      [...headers, GUARDRAIL, guardrail],
    )
    return guardrail
  }

  /** Says that nobody could be asked because of what the request holds. */
  cannotCarry(whyNot: string | null): void {
    const message = `No provider can be asked this. ${whyNot}.`
    replyCallerFault(this.#response, this.#question.caller, 400, 'not_carried', message, this.#requestId())
  }

  /** Says that nobody could be asked: there is nobody, or nobody who has room (`crowded`). */
  askedNobody({ whyNot, crowded }: Unasked): void {
    const message = `No provider could be asked${whyNot === null ? '' : `: ${whyNot}`}.`
    const error = { type: 'no_provider', code: crowded ? 'no_room' : 'no_provider', message }
    const headers = [...this.#requestId(), ...(crowded ? COME_AGAIN : [])]
    replyError(this.#response, this.#question.caller, 503, error, headers)
  }

  /** Says what every attempt met, `telling` first, and why the others were not asked. */
  fail(telling: TargetFailure, failures: readonly TargetFailure[], { whyNot, crowded }: Unasked): void {
    const { caller } = this.#question
    const { failure } = telling
    const headers = [...this.#requestId(), ATTEMPTS, String(this.attempts)]
    if (crowded) headers.push(...COME_AGAIN)
    else if (failure.retryAfterMs !== null)
      headers.push('retry-after', String(Math.ceil(failure.retryAfterMs / 1000)))
    const told = [account(failures, telling), ...(whyNot === null ? [] : [whyNot])].join(' | ')
    replyError(this.#response, caller, statusFor(failure, caller), this.#errorOf(failure, told), headers)
  }

  #sendWhole(status: number, list: HeaderList, body: Buffer): void {
    this.#tally?.sent(body)
    list.push('content-length', String(body.length))
    this.#response.writeHead(status, list)
    this.#response.end(body)
  }

  #errorOf({ class: failureClass, code }: Failure, message: string): RouterError {
    return {
      type: typeOf(failureClass),
      code: code === null ? null : withoutKeys(code, this.#keys),
      message: withoutKeys(message, this.#keys),
    }
  }

  #headers({ config }: Target, headers: IncomingHttpHeaders): HeaderList {
    const list = headersToCaller(headers).map((text) => withoutKeys(text, this.#keys))
    list.push(...this.#requestId(), SERVED_BY, config.role, ATTEMPTS, String(this.attempts), ...this.#deeds())
    const chosen = this.chosenAt(config.role)
    if (chosen !== null) list.push(CHOSEN, chosen)
    return list
  }

  #deeds(): HeaderList {
    return this.guardrail === null ? [] : [GUARDRAIL, this.guardrail]
  }

  #requestId(): HeaderList {
    return this.#tally === null ? [] : [REQUEST_ID, this.#tally.id]
  }
}
