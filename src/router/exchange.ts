import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Clock } from '../base/index.ts'
import type { RouterConfig } from '../config/index.ts'
import { Alarm } from './alarm.ts'
import type { WholeAnswer } from './answer.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import type { Besides } from './besides.ts'
import { Caller } from './caller.ts'
import { costOf, type Usage } from './cost.ts'
import { briefly, isCallersAffair, withoutKeys, type Failure } from './failure.ts'
import type { LimitName, TargetRefusal } from './guard/index.ts'
import { pick, type Choice } from './pick.ts'
import type { Question } from './question.ts'
import type { Ending, RequestFacts, Tally } from './tally.ts'
import type { Target } from './target.ts'
import { mostTelling, type TargetFailure } from './telling.ts'
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
  readonly #caller: Caller
  readonly #asked: Target[] = []
  readonly #failures: TargetFailure[] = []
  #notHere: { attempt: Attempt; whole: WholeAnswer } | null = null
  #attempt: Attempt | null = null
  #retries = 0
  #opened = false
  #over = false

  constructor(desk: Desk, question: Question, response: ServerResponse, tally: Tally | null = null) {
    this.#desk = desk
    this.#tally = tally
    this.#question = question
    this.#response = response
    this.#caller = new Caller({ response, question, tally, keys: desk.keys })
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
    this.#caller.open(attempt.target, status, headers)
  }

  send(bytes: Buffer): boolean {
    this.#question.memo?.streamed(bytes)
    return this.#caller.write(bytes, () => {
      if (!this.#over) this.#attempt?.resume()
    })
  }

  answered(attempt: Attempt, whole: WholeAnswer, usage: Usage | null): void {
    if (this.#question.judged) this.#charge(attempt, usage)
    this.#caller.answer(attempt.target, whole)
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
    this.#caller.end(attempt.target)
    this.#keep(attempt, usage, null)
  }

  failed(
    attempt: Attempt,
    failure: Failure,
    { usage, whole, told }: { usage: Usage | null; whole?: WholeAnswer; told?: boolean },
  ): void {
    const nowMs = this.clock.now()
    const { target, pass } = attempt
    if (usage !== null) this.#caller.bill.add(usage, target.config.price)
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

    if (this.#opened) {
      this.#finish({ target, failure })
      return this.#caller.breakOff(failure, told === true)
    }
    if (whole !== undefined && isCallersAffair(failure)) {
      this.#caller.answer(target, whole)
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
    this.#caller.attempts += 1
    this.#attempt = new Attempt(leave.target, pass, leave.question, this, this.clock.now())
    this.#attempt.start()
  }

  #choose(
    permitted: readonly Target[],
    nowMs: number,
    last?: { attempt: Attempt; failure: Failure },
  ): Choice | null {
    if (this.#over || nowMs >= this.totalDueMs || this.#caller.attempts >= this.#desk.config.attempts)
      return null
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
      this.#caller.replay(found)
      this.#finish({ target: null, cached: true })
    })
  }

  /**
   * Whether to try the same target again. Never where waiting would be needed or would not help, and never with the
   * attempt that another target could still have: a retry is no substitute for failover.
   */
  #mayRetry({ circuit }: Target, failure: Failure): boolean {
    const { attempts, retrySameTarget } = this.#desk.config
    const left = attempts - this.#caller.attempts
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
    if (refusals[0] !== undefined) {
      const guardrail = this.#caller.refuse(refusals[0], refusals, this.#failures)
      return this.#finish({ target: null, failure: { class: 'refused' }, guardrail })
    }
    const telling = mostTelling(this.#failures)
    const kept = keptFrom(this.#question, this.#desk.targets)
    const notHere = telling?.failure.class === 'caller-fault' ? this.#notHere : null
    if (telling === null) this.#caller.askedNobody(kept)
    else if (notHere !== null) this.#caller.answer(notHere.attempt.target, notHere.whole)
    else this.#caller.fail(telling, this.#failures, kept)
    this.#finish({
      target: this.#asked.find(({ config }) => config.role === telling?.role) ?? null,
      failure: telling?.failure ?? { class: kept === null ? 'no-provider' : 'caller-fault' },
    })
  }

  /** The targets that were not asked because a guardrail refused. */
  #refusals(): TargetRefusal[] {
    return this.#desk.targets.flatMap((target) => {
      const refusal = this.#asked.includes(target) ? null : this.#question.watch?.refusalAt(target)
      return refusal === null || refusal === undefined ? [] : [{ target, refusal }]
    })
  }

  #charge({ target }: Attempt, usage: Usage | null): void {
    if (usage === null) this.#caller.bill.addUnknown()
    else this.#caller.bill.add(usage, target.config.price)
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
      { guardrail: this.#caller.guardrail, ...ending },
      { attempts: this.#caller.attempts, costUsd: this.#caller.bill.usd },
    )
  }

  #callerGone(): void {
    if (this.#over) return
    // What was under way may be billed, and nobody says how much.
    this.#caller.bill.addUnknown()
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
