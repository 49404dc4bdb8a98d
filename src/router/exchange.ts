import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { costOf, type Clock, type Random } from '../base/index.ts'
import type { RouterConfig } from '../config/index.ts'
import { Alarm } from './alarm.ts'
import type { WholeAnswer } from './answer.ts'
import { Attempt, type AttemptOwner } from './attempt.ts'
import type { Besides } from './besides.ts'
import { Caller } from './caller.ts'
import { Candidates } from './candidates.ts'
import type { Usage } from './cost.ts'
import { briefly, isCallersAffair, withoutKeys, type Failure } from './failure.ts'
import type { LimitName } from './guard/index.ts'
import type { Choice } from './pick.ts'
import type { Poison } from './poison.ts'
import type { Question } from './question.ts'
import { routeOf } from './route.ts'
import { beginAttempt } from './standing.ts'
import type { Ending, RequestFacts, Tally } from './tally.ts'
import type { Target } from './target.ts'
import { mostTelling, type TargetFailure } from './telling.ts'
import type { RouterOptions } from './types.ts'

/** What all exchanges of one router share. */
export interface Desk extends Besides {
  config: RouterConfig
  targets: readonly Target[]
  clock: Clock
  /** Draws the canary's share. */
  random: Random
  /** Every target's key, so that none is ever quoted to a caller. */
  keys: readonly string[]
  poison: Poison
  /** Begins to keep what is told about a request; null where nobody wants to know. */
  tally: ((request: RequestFacts) => Tally) | null
  onAttempt: RouterOptions['onAttempt']
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
  readonly #candidates: Candidates
  readonly #failures: TargetFailure[] = []
  #notHere: { attempt: Attempt; whole: WholeAnswer } | null = null
  #attempt: Attempt | null = null
  #attemptEnded: ReturnType<typeof beginAttempt> | null = null
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
    const { targets, config } = desk
    const route = routeOf(targets, config, question.tags, question.judged ? desk.random : null)
    this.#candidates = new Candidates({ question, route, targets, most: config.inFlight })
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
    this.#attemptEnded?.('ok')
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
    this.#attemptEnded?.('ok')
  }

  failed(
    attempt: Attempt,
    failure: Failure,
    { usage, whole, told }: { usage: Usage | null; whole?: WholeAnswer; told?: boolean },
  ): void {
    const nowMs = this.clock.now()
    const { target, pass } = attempt
    this.#attemptEnded?.(failure.class, failure.blamesTarget)
    // What came to nothing is not billed; where tokens came and nobody counted them, nobody knows, and it is as was reckoned.
    const billed =
      usage !== null || this.#opened || failure.class === 'empty' || failure.class === 'truncated'
    if (usage !== null) this.#caller.bill.add(usage, target.config.price)
    else if (billed) this.#caller.bill.addUnknown()
    this.#question.watch?.ended(billed ? costOf(usage, target.config.price) : 0)
    if (failure.blamesTarget && this.#question.judged && !this.#isPoison(target, failure))
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
    const { left } = this.#candidates
    const { targets, cached } = this.#question.watch?.permitted(left, this.#question.memo?.open ?? false) ?? {
      targets: left,
      cached: null,
    }
    const choice = this.#choose(targets, nowMs, last)
    if (choice === null && cached !== null)
      return this.#recallOr(cached, () => this.#next(this.clock.now(), last))

    const out =
      choice === null
        ? this.#candidates.crowded || this.#failures.some(({ failure }) => failure.blamesTarget)
        : isForced(choice)
    const goOn = () => (choice === null ? this.#giveUp() : this.#ask(choice))
    if (out && this.#mayRecall('stale-if-error')) this.#recallOr(null, goOn)
    else goOn()
  }

  #ask({ target, pass, chosen }: Choice): void {
    const { watch } = this.#question
    // Its room may be gone as well, while the cache was asked.
    const leave = this.#candidates.isFull(target)
      ? null
      : watch === undefined || watch === null
        ? { target, question: this.#question }
        : watch.send(target, this.#question)
    if (leave === null) {
      target.circuit.released(pass, this.clock.now())
      this.#candidates.takeBack()
      return this.#next(this.clock.now())
    }
    this.#caller.asking(target, chosen)
    this.#attemptEnded = beginAttempt(target, this.clock, this.#desk.onAttempt)
    this.#attempt = new Attempt(leave.target, pass, leave.question, this, this.clock.now())
    this.#attempt.start()
  }

  #choose(
    permitted: readonly Target[],
    nowMs: number,
    last?: { attempt: Attempt; failure: Failure },
  ): Choice | null {
    if (this.#over || nowMs >= this.totalDueMs || this.#caller.attempts >= this.#desk.config.attempts) {
      this.#candidates.forget()
      return null
    }
    const again = this.#candidates.asked.at(-1)
    if (last !== undefined && again !== undefined && this.#mayRetry(again, last.failure)) {
      this.#retries += 1
      return {
        target: again,
        pass: again.circuit.force(),
        chosen: this.#caller.chosenAt(again.config.role),
      }
    }
    this.#retries = 0
    return this.#candidates.next(permitted, nowMs)
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
   * attempt that another target could still have: a retry is no substitute for failover. Nor of a canary: it is dropped
   * when it fails.
   */
  #mayRetry({ config, circuit }: Target, failure: Failure): boolean {
    const { attempts, retrySameTarget } = this.#desk.config
    const left = attempts - this.#caller.attempts
    return (
      this.#retries < retrySameTarget &&
      left > this.#candidates.open &&
      circuit.state === 'closed' &&
      this.#caller.chosenAt(config.role) !== 'canary' &&
      failure.blamesTarget &&
      failure.class !== 'credential' &&
      failure.class !== 'quota' &&
      (failure.retryAfterMs ?? 0) === 0
    )
  }

  #giveUp(): void {
    const { crowded, unfit, asked } = this.#candidates
    const refusals = this.#candidates.refusals()
    // Where there will be room in a moment, that is what the caller has to know.
    if (refusals[0] !== undefined && !crowded) {
      const guardrail = this.#caller.refuse(refusals[0], refusals, this.#failures)
      return this.#finish({ target: null, failure: { class: 'refused' }, guardrail })
    }
    const telling = mostTelling(this.#failures)
    const whyNot = this.#candidates.whyNot()
    const notHere = telling?.failure.class === 'caller-fault' ? this.#notHere : null
    if (notHere !== null) this.#caller.answer(notHere.attempt.target, notHere.whole)
    else if (telling !== null) this.#caller.fail(telling, this.#failures, { whyNot, crowded })
    else if (unfit && !crowded) this.#caller.cannotCarry(whyNot)
    else this.#caller.askedNobody({ whyNot, crowded })
    this.#finish({
      target: asked.find(({ config }) => config.role === telling?.role) ?? null,
      failure: telling?.failure ?? { class: unfit && !crowded ? 'caller-fault' : 'no-provider' },
    })
  }

  /** Whether a failure speaks against the request and not against the target. */
  #isPoison(target: Target, failure: Failure): boolean {
    if (failure.class !== 'server-error') return false
    const elsewhere = this.#failures.some(
      (earlier) => earlier.role !== target.config.role && earlier.failure.class === 'server-error',
    )
    if (elsewhere) this.#desk.poison.add(this.#fingerprint())
    return elsewhere || this.#desk.poison.has(this.#fingerprint)
  }

  /** What the first target would be sent: the same for the same request. */
  readonly #fingerprint = (): Buffer | null => {
    const [first] = this.#desk.targets
    return first === undefined ? null : this.#question.bodyFor(first)
  }

  #charge({ target }: Attempt, usage: Usage | null): void {
    this.#desk.poison.forget(this.#fingerprint)
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
    const { guardrail, bill } = this.#caller
    const role = ending.target?.config.role
    this.#over = true
    this.alarm.clear()
    this.#tally?.end(
      { guardrail, chosen: role === undefined ? null : this.#caller.chosenAt(role), ...ending },
      {
        attempts: this.#caller.attempts,
        costUsd: bill.usd,
        promptCacheSavedUsd: bill.savedUsd,
        chargedUsd: this.#question.watch?.spentUsd ?? null,
      },
    )
  }

  #callerGone(): void {
    if (this.#over) return
    // What was under way may be billed, and nobody says how much.
    this.#caller.bill.addUnknown()
    this.#question.watch?.ended(null)
    this.#finish({ target: this.#attempt?.target ?? null, abandoned: true })
    this.#attempt?.cancel()
    this.#attemptEnded?.('abandoned')
    if (this.#attempt !== null) this.#attempt.target.circuit.released(this.#attempt.pass, this.clock.now())
  }
}

/** Whether a target is asked only because there is nobody else. */
function isForced({ pass }: Choice): boolean {
  return pass.kind === 'forced'
}
