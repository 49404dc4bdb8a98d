import type { RouterConfig } from '../config/index.ts'
import { refusalText, type TargetRefusal } from './guard/index.ts'
import { pick, type Choice } from './pick.ts'
import type { Question } from './question.ts'
import type { Chosen, Route } from './route.ts'
import type { Target } from './target.ts'
import { nameOf } from './telling.ts'
import { canGo, keptFrom } from './translate/obstacles.ts'

interface CandidatesOptions {
  question: Question
  route: Route
  /** All targets of the router: those that are not on the route are kept from the request by a pin. */
  targets: readonly Target[]
  /** Most requests in flight, by role. */
  most: RouterConfig['inFlight']
}

/** Whom one request may be put to, whom it was put to, and what speaks against the others. */
export class Candidates {
  readonly #question: Question
  readonly #route: Route
  readonly #targets: readonly Target[]
  readonly #most: RouterConfig['inFlight']
  readonly #asked: Target[] = []
  /** What spoke against a target when the last one was chosen. */
  #against = new Map<Target, Chosen>()

  constructor({ question, route, targets, most }: CandidatesOptions) {
    this.#question = question
    this.#route = route
    this.#targets = targets
    this.#most = most
  }

  get asked(): readonly Target[] {
    return this.#asked
  }

  /** Those that have not been asked yet, in order. */
  get left(): Target[] {
    return this.#route.order.filter((target) => !this.#asked.includes(target))
  }

  /** How many have not been asked yet and could be. */
  get open(): number {
    return this.left.filter((target) => canGo(this.#question, target) && !this.isFull(target)).length
  }

  /** Whether one was passed by, when the last one was chosen, because it was full. */
  get crowded(): boolean {
    return [...this.#against.values()].includes('full')
  }

  isFull({ config, inFlight }: Target): boolean {
    return inFlight.count >= (this.#most[config.role] ?? Infinity)
  }

  /** Chooses the next one, of those that guardrails permit. Null where there is none. */
  next(permitted: readonly Target[], nowMs: number): Choice | null {
    this.forget()
    const choice = pick(this.#route, (target) => this.#passedBy(target, permitted), this.#question, nowMs)
    if (choice !== null) this.#asked.push(choice.target)
    return choice
  }

  /** The one that was chosen last could not be asked after all. */
  takeBack(): void {
    this.#asked.pop()
  }

  /** What spoke against others is of no account: no further one is to be chosen. */
  forget(): void {
    this.#against = new Map()
  }

  /** Those that were not asked because a guardrail refused. */
  refusals(): TargetRefusal[] {
    return this.left.flatMap((target) => {
      const refusal = this.#question.watch?.refusalAt(target)
      return refusal === null || refusal === undefined ? [] : [{ target, refusal }]
    })
  }

  /** Whether the question holds what one that was not asked cannot take. */
  get unfit(): boolean {
    return !this.left.every((target) => canGo(this.#question, target))
  }

  /** Says what kept the request from those that were not asked; null if nothing did. */
  whyNot(): string | null {
    const pinnedAway = this.#targets
      .filter((target) => !this.#route.order.includes(target))
      .map((target) => `a pin keeps the request from ${nameOf(target.config)}`)
    const words = [...this.left.flatMap((target) => this.#wordsAgainst(target)), ...pinnedAway]
    return words.length === 0 ? null : words.join(' | ')
  }

  #passedBy(target: Target, permitted: readonly Target[]): Chosen | null {
    const reason = this.#reasonAgainst(target, permitted)
    if (reason !== null) this.#against.set(target, reason)
    return reason
  }

  #reasonAgainst(target: Target, permitted: readonly Target[]): Chosen | null {
    if (this.#asked.includes(target)) return 'failover'
    if (!permitted.includes(target)) return 'guardrail'
    if (!canGo(this.#question, target)) return 'obstacle'
    return this.isFull(target) ? 'full' : null
  }

  #wordsAgainst(target: Target): string[] {
    const { config, inFlight, circuit } = target
    const obstacles = keptFrom(this.#question, [target])
    if (obstacles !== null) return [obstacles]
    const refusal = this.#question.watch?.refusalAt(target) ?? null
    if (refusal !== null) return [`${nameOf(config)}: ${refusalText(refusal)}`]
    if (this.#against.get(target) === 'full')
      return [
        `${nameOf(config)} has no room (${inFlight.count} of ${this.#most[config.role]} requests in flight)`,
      ]
    return this.crowded && circuit.state !== 'closed'
      ? [`the circuit of ${nameOf(config)} is open (${circuit.class})`]
      : []
  }
}
