import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Clock } from '../base/index.ts'
import type { RouterConfig } from '../config/index.ts'
import { Alarm } from './alarm.ts'
import type { WholeAnswer } from './answer.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import type { Besides } from './besides.ts'
import type { Replay } from './memo/index.ts'
import { Bill, costOf, type Usage } from './cost.ts'
import { briefly, isCallersAffair, withoutKeys, type Failure } from './failure.ts'
import {
  deedsText,
  GUARDRAIL,
  refusalAccount,
  refusalCode,
  refusalStatus,
  type LimitName,
  type TargetRefusal,
} from './guard/index.ts'
import { headersToCaller, type HeaderList } from './headers.ts'
import { pick, type Choice } from './pick.ts'
import type { Question } from './question.ts'
import { errorEvent, replyCallerFault, replyError, typeOf, type RouterError } from './reply.ts'
import { REQUEST_ID, type Ending, type RequestFacts, type Tally } from './tally.ts'
import type { Target } from './target.ts'
import { account, mostTelling, statusFor, type TargetFailure } from './telling.ts'
import { canGo, keptFrom } from './translate/obstacles.ts'

/** What all exchanges of one router share. */
export interface Desk extends Besides {
  config: RouterConfig
  targets: readonly Target[]
  clock: Clock
  /** Every target's key, so that none is ever quoted to a caller. */
  keys: readonly string[]
  /** Begins to keep what is told about a request; null where nobody wants to know. */
  tally: ((request: RequestFacts) => Tally) | null
}

export const SERVED_BY = 'x-gameday-served-by'
export const ATTEMPTS = 'x-gameday-attempts'
const COST = 'x-gameday-cost-usd'

/**
 * One request of one caller, over as many attempts as it takes.
 *
 *     next target --> attempt --answered--> sent whole
 *          ^             |----first content--> opened --streamed--> ended with the trailer
 *          |             |                        '----failed----> error event, and no clean end
 *          '--failed-----'--- the caller's own affair --> sent as it came
 */
export class Exchange implements AttemptOwner {
  readonly clock: Clock
  readonly alarm: Alarm
  readonly timeouts: RouterConfig['timeouts']
  readonly totalDueMs: number
  readonly #desk: Desk
  readonly #question: Question
  readonly #response: ServerResponse
  readonly #tally: Tally | null
  readonly #bill = new Bill()
  readonly #asked: Target[] = []
  readonly #failures: TargetFailure[] = []
  #notHere: { attempt: Attempt; whole: WholeAnswer } | null = null
  #attempt: Attempt | null = null
  #attempts = 0
  #retries = 0
  #opened = false
  #over = false

  constructor(desk: Desk, question: Question, response: ServerResponse, tally: Tally | null = null) {
    this.#desk = desk
    this.#tally = tally
    this.#question = question
    this.#response = response
    this.clock = desk.clock
    this.timeouts = desk.config.timeouts
    this.alarm = new Alarm(desk.clock, (nowMs) => this.#attempt?.expired(nowMs))
    this.totalDueMs = desk.clock.now() + desk.config.timeouts.total
  }

  start(): void {
    if (this.#mayRecall('on-hit')) this.#recallOr(null, () => this.#next(this.clock.now()))
    else this.#next(this.clock.now())
    this.#response.on('close', () => this.#callerGone())
  }

  opened(attempt: Attempt, status: number, headers: IncomingHttpHeaders): void {
    this.#opened = true
    this.#tally?.firstContent()
    const list = this.#headers(attempt, headers)
    if (attempt.target.config.price !== undefined) list.push('trailer', COST)
    this.#response.writeHead(status, list)
  }

  send(bytes: Buffer): boolean {
    this.#question.memo?.streamed(bytes)
    this.#tally?.sent(bytes)
    if (this.#response.write(bytes)) return true
    this.#response.once('drain', () => {
      if (!this.#over) this.#attempt?.resume()
    })
    return false
  }

  answered(attempt: Attempt, whole: WholeAnswer, usage: Usage | null): void {
    if (this.#question.judged) this.#charge(attempt, usage)
    this.#sendWhole(attempt, whole)
    this.#finish({ target: attempt.target, usage })
    this.#keep(attempt, usage, whole.body)
    const tookMs = this.clock.now() - attempt.startedMs
    if (this.#question.judged)
      attempt.target.circuit.succeeded(
        attempt.pass,
        attempt.startedMs + tookMs,
        'plain',
        tookMs > this.timeouts.firstToken,
      )
  }

  streamed(attempt: Attempt, usage: Usage | null): void {
    attempt.target.circuit.succeeded(attempt.pass, this.clock.now(), 'stream')
    this.#charge(attempt, usage)
    this.#finish({ target: attempt.target, usage })
    const cost = this.#bill.text()
    if (cost !== null && attempt.target.config.price !== undefined) this.#response.addTrailers([[COST, cost]])
    this.#response.end()
    this.#keep(attempt, usage, null)
  }

  failed(
    attempt: Attempt,
    failure: Failure,
    { usage, whole, told }: { usage: Usage | null; whole?: WholeAnswer; told?: boolean },
  ): void {
    const nowMs = this.clock.now()
    const { target, pass } = attempt
    if (usage !== null) this.#bill.add(usage, target.config.price)
    // What came to nothing is not billed; where tokens came and nobody counted them, it is as was reckoned.
    const billed =
      usage !== null || this.#opened || failure.class === 'empty' || failure.class === 'truncated'
    this.#question.watch?.ended(billed ? costOf(usage, target.config.price) : 0)
    if (failure.blamesTarget && this.#question.judged)
      target.circuit.failed(pass, nowMs, {
        ...failure,
        brief: withoutKeys(briefly(failure), this.#desk.keys),
        inStream: attempt.inStream,
        midway: this.#opened,
      })
    else target.circuit.released(pass, nowMs)

    if (this.#opened) return this.#breakOff(attempt, failure, told === true)
    if (whole !== undefined && isCallersAffair(failure)) {
      this.#sendWhole(attempt, whole)
      return this.#finish({ target, failure, usage })
    }
    // A caller's fault that is not the caller's affair: to be handed on only if nobody else can do it.
    if (whole !== undefined && failure.class === 'caller-fault') this.#notHere ??= { attempt, whole }
    this.#failures.push({ role: target.config.role, name: target.config.name, failure })
    this.#next(nowMs, { attempt, failure })
  }

  #next(nowMs: number, last?: { attempt: Attempt; failure: Failure }): void {
    const left = this.#desk.targets.filter((target) => !this.#asked.includes(target))
    const { targets, cached } = this.#question.watch?.permitted(left, this.#question.memo?.open ?? false) ?? {
      targets: left,
      cached: null,
    }
    const choice = this.#choose(targets, nowMs, last)
    if (choice === null && cached !== null)
      return this.#recallOr(cached, () => this.#next(this.clock.now(), last))

    const out =
      choice === null ? this.#failures.some(({ failure }) => failure.blamesTarget) : isForced(choice)
    const goOn = () => (choice === null ? this.#giveUp() : this.#ask(choice))
    if (out && this.#mayRecall('stale-if-error')) this.#recallOr(null, goOn)
    else goOn()
  }

  #ask({ target, pass }: Choice): void {
    const { watch } = this.#question
    const leave =
      watch === undefined || watch === null
        ? { target, question: this.#question }
        : watch.send(target, this.#question)
    if (leave === null) {
      target.circuit.released(pass, this.clock.now())
      this.#asked.pop()
      return this.#next(this.clock.now())
    }
    this.#attempts += 1
    this.#attempt = new Attempt(leave.target, pass, leave.question, this, this.clock.now())
    this.#attempt.start()
  }

  #choose(
    permitted: readonly Target[],
    nowMs: number,
    last?: { attempt: Attempt; failure: Failure },
  ): Choice | null {
    if (this.#over || nowMs >= this.totalDueMs || this.#attempts >= this.#desk.config.attempts) return null
    const again = this.#asked.at(-1)
    if (last !== undefined && again !== undefined && this.#mayRetry(again, last.failure)) {
      this.#retries += 1
      return { target: again, pass: again.circuit.force() }
    }
    this.#retries = 0
    const choice = pick(permitted, this.#asked, this.#question, nowMs)
    if (choice !== null) this.#asked.push(choice.target)
    return choice
  }

  #mayRecall(mode: 'on-hit' | 'stale-if-error'): boolean {
    const { memo } = this.#question
    return memo?.mode === mode && memo.open
  }

  /** Answers from the cache; goes on if it has nothing. `limit` is the one that a guardrail keeps by it. */
  #recallOr(limit: LimitName | null, otherwise: () => void): void {
    void this.#question.memo?.recall().then((found) => {
      if (this.#over) return
      if (found === null) return otherwise()
      if (limit !== null) this.#question.watch?.recalled(limit)
      this.#sendRecalled(found)
    })
  }

  /**
   * Whether to try the same target again. Never where waiting would be needed or would not help, and never with the
   * attempt that another target could still have: a retry is no substitute for failover.
   */
  #mayRetry({ circuit }: Target, failure: Failure): boolean {
    const { attempts, retrySameTarget } = this.#desk.config
    const left = attempts - this.#attempts
    return (
      this.#retries < retrySameTarget &&
      left > this.#unasked() &&
      circuit.state === 'closed' &&
      failure.blamesTarget &&
      failure.class !== 'credential' &&
      failure.class !== 'quota' &&
      (failure.retryAfterMs ?? 0) === 0
    )
  }

  /** How many targets have not been asked yet and could be. */
  #unasked(): number {
    return this.#desk.targets.filter(
      (target) => !this.#asked.includes(target) && canGo(this.#question, target),
    ).length
  }

  #giveUp(): void {
    const refusals = this.#refusals()
    if (refusals[0] !== undefined) return this.#refuse(refusals[0], refusals)
    const { caller } = this.#question
    const telling = mostTelling(this.#failures)
    const kept = keptFrom(this.#question, this.#desk.targets)
    this.#finish({
      target: this.#asked.find(({ config }) => config.role === telling?.role) ?? null,
      failure: telling?.failure ?? { class: kept === null ? 'no-provider' : 'caller-fault' },
    })
    if (telling === null) {
      if (kept !== null)
        return replyCallerFault(
          this.#response,
          caller,
          400,
          'not_carried',
          `No provider can be asked this. ${kept}.`,
          this.#requestId(),
        )
      return replyError(
        this.#response,
        caller,
        503,
        {
          type: 'no_provider',
          code: 'no_provider',
          message: 'No provider could be asked.',
        },
        this.#requestId(),
      )
    }
    const { failure } = telling
    if (failure.class === 'caller-fault' && this.#notHere !== null) {
      return this.#sendWhole(this.#notHere.attempt, this.#notHere.whole)
    }
    const headers = [...this.#requestId(), ATTEMPTS, String(this.#attempts)]
    if (failure.retryAfterMs !== null)
      headers.push('retry-after', String(Math.ceil(failure.retryAfterMs / 1000)))
    const told = [account(this.#failures, telling), ...(kept === null ? [] : [kept])].join(' | ')
    replyError(this.#response, caller, statusFor(failure, caller), this.#errorOf(failure, told), headers)
  }

  /** The targets that were not asked because a guardrail refused. */
  #refusals(): TargetRefusal[] {
    return this.#desk.targets.flatMap((target) => {
      const refusal = this.#asked.includes(target) ? null : this.#question.watch?.refusalAt(target)
      return refusal === null || refusal === undefined ? [] : [{ target, refusal }]
    })
  }

  #refuse({ refusal }: TargetRefusal, refusals: readonly TargetRefusal[]): void {
    const guardrail = deedsText([{ what: 'refused', limit: refusal.limit }])
    this.#finish({ target: null, failure: { class: 'refused' }, guardrail })
    const headers = [...this.#requestId(), ATTEMPTS, String(this.#attempts), 'x-should-retry', 'false']
    headers.push(GUARDRAIL, guardrail)
    replyError(
      this.#response,
      this.#question.caller,
      refusalStatus(refusal),
      { type: 'refused', code: refusalCode(refusal), message: refusalAccount(refusals, this.#failures) },
      headers,
    )
  }

  /**
   * Ends a stream that cannot be completed: an error event, unless the provider's own has gone out, and then no clean
   * end of the message either, so that a client which reads neither errors nor finish reasons notices as well.
   */
  #breakOff({ target }: Attempt, failure: Failure, told: boolean): void {
    this.#finish({ target, failure })
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

  #errorOf({ class: failureClass, code }: Failure, message: string): RouterError {
    const { keys } = this.#desk
    return {
      type: typeOf(failureClass),
      code: code === null ? null : withoutKeys(code, keys),
      message: withoutKeys(message, keys),
    }
  }

  #sendWhole(attempt: Attempt, { status, headers, body }: WholeAnswer): void {
    const list = this.#headers(attempt, headers)
    const cost = this.#bill.text()
    if (cost !== null && this.#question.judged && status < 300) list.push(COST, cost)
    // A refusal may quote the key it refuses; nothing else is touched.
    const { keys } = this.#desk
    const quotesKey = status >= 300 && keys.some((key) => body.includes(key))
    const sent = quotesKey ? Buffer.from(withoutKeys(body.toString(), keys)) : body
    list.push('content-length', String(sent.length))
    this.#tally?.sent(sent)
    this.#response.writeHead(status, list)
    this.#response.end(sent)
  }

  #sendRecalled({ contentType, body, ageMs }: Replay): void {
    this.#tally?.sent(body)
    this.#finish({ target: null, cached: true })
    const list = [
      ...this.#requestId(),
      SERVED_BY,
      'cache',
      'age',
      String(Math.floor(ageMs / 1000)),
      ATTEMPTS,
      String(this.#attempts),
    ]
    const cost = this.#bill.text()
    if (cost !== null) list.push(COST, cost)
    list.push(...this.#guardrail(), 'content-type', contentType, 'content-length', String(body.length))
    this.#response.writeHead(200, list)
    this.#response.end(body)
  }

  #guardrail(): HeaderList {
    const deeds = this.#question.watch?.deeds ?? []
    return deeds.length === 0 ? [] : [GUARDRAIL, deedsText(deeds)]
  }

  #headers({ target }: Attempt, headers: IncomingHttpHeaders): HeaderList {
    const list = headersToCaller(headers)
    list.push(
      ...this.#requestId(),
      SERVED_BY,
      target.config.role,
      ATTEMPTS,
      String(this.#attempts),
      ...this.#guardrail(),
    )
    return list
  }

  #requestId(): HeaderList {
    return this.#tally === null ? [] : [REQUEST_ID, this.#tally.id]
  }

  #charge({ target }: Attempt, usage: Usage | null): void {
    if (usage === null) this.#bill.addUnknown()
    else this.#bill.add(usage, target.config.price)
    this.#question.watch?.ended(costOf(usage, target.config.price))
  }

  /** Keeps a good answer, after it has left. One to a question that a guardrail changed is not the answer to this one. */
  #keep({ target }: Attempt, usage: Usage | null, whole: Buffer | null): void {
    if (this.#question.watch?.changed === true) return
    this.#question.memo?.keep(whole, costOf(usage, target.config.price))
  }

  #finish(ending: Ending): void {
    this.#over = true
    this.alarm.clear()
    this.#tally?.end(
      { guardrail: this.#guardrail()[1] ?? null, ...ending },
      { attempts: this.#attempts, costUsd: this.#bill.usd },
    )
  }

  #callerGone(): void {
    if (this.#over) return
    // What was under way may be billed, and nobody says how much.
    this.#bill.addUnknown()
    this.#finish({ target: this.#attempt?.target ?? null, abandoned: true })
    this.#question.watch?.ended(null)
    this.#attempt?.cancel()
    if (this.#attempt !== null) this.#attempt.target.circuit.released(this.#attempt.pass, this.clock.now())
  }
}

/** Whether a target is asked only because there is nobody else. */
function isForced({ pass }: Choice): boolean {
  return pass.kind === 'forced'
}
