import type { IncomingMessage, ServerResponse } from 'node:http'
import { GamedayError, type ProviderRole } from '../base/index.ts'
import { NOTHING_BESIDES, setBesides } from './besides.ts'
import { Generation } from './generation.ts'
import { DayBudgets } from './guard/index.ts'
import { prepareTargets } from './target.ts'
import type { RouterOptions, RouterSettings } from './types.ts'

/** Which settings are in force, and whether they are bypassed. */
export class InForce {
  readonly #options: RouterOptions
  readonly #budgets: DayBudgets
  /** Those that requests hold on to; the last one is in force. */
  #generations: Generation[] = []
  #bypass: { to: ProviderRole; since: Date } | null
  /** Counts what was asked of the bypass, so that a slower wish does not undo a later one. */
  #wishes = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: RouterOptions) {
    this.#options = options
    this.#budgets = new DayBudgets(options.clock, options.spentElsewhere)
    this.#bypass = options.bypass === null ? null : { to: options.bypass, since: options.clock.wall() }
  }

  get now(): Generation {
    return this.#generations.at(-1)!
  }

  get bypass(): { to: ProviderRole; since: Date } | null {
    return this.#bypass
  }

  get underWay(): number {
    return this.#generations.reduce((sum, { underWay }) => sum + underWay, 0)
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    this.now.serve(this.#bypass?.to ?? null, request, response)
  }

  /** Puts settings in force. `replaced` resolves when those before them are out of use. Throws as `startRouter` does. */
  reload(settings: RouterSettings): Promise<{ replaced: Promise<void> }> {
    return this.#inTurn(async () => {
      const former = this.#generations.at(-1)
      // What stands beside the exchanges of a bypassed router could only be in the way of what is to be done now.
      await this.#install(settings, this.#bypass === null)
      return { replaced: former?.over ?? Promise.resolve() }
    })
  }

  /** Bypasses at once; goes back when guardrails and cache stand again. */
  async setBypass(to: ProviderRole | null): Promise<void> {
    const wish = ++this.#wishes
    if (to !== null) {
      mustHave(this.now.settings, to)
      if (this.#bypass?.to !== to) this.#bypass = { to, since: this.#options.clock.wall() }
      return
    }
    await this.#inTurn(async () => {
      if (this.#bypass === null || wish !== this.#wishes) return
      await this.#install(this.now.settings, true)
      if (wish === this.#wishes) this.#bypass = null
    })
  }

  /** Closes what is open, whoever uses it. */
  async stop(): Promise<void> {
    await this.#last.catch(() => undefined)
    await Promise.all(this.#generations.map((one) => one.stop()))
  }

  async #install(settings: RouterSettings, isRouting: boolean): Promise<void> {
    const { clock } = this.#options
    if (settings.targets.length === 0)
      throw new GamedayError('the router has no target', { code: 'ROUTER_TARGET_MISSING' })
    if (this.#bypass !== null) mustHave(settings, this.#bypass.to)
    const former = this.#generations.at(-1)
    const besides = isRouting
      ? await setBesides(
          settings.config,
          { clock, budgets: this.#budgets },
          this.#generations.map(({ besides }) => besides),
        )
      : NOTHING_BESIDES
    // From here on nothing can fail, and nothing waits: a request sees what was before, or what is now.
    const targets = prepareTargets(settings, this.#options, former?.targets)
    const since = settings === former?.settings ? former.since : clock.wall()
    const next = new Generation({ settings, targets, besides, since, options: this.#options })
    this.#generations.push(next)
    former?.retire()
    void former?.over.then(() => {
      this.#generations = this.#generations.filter((one) => one !== former)
    })
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.catch(() => undefined).then(act)
    this.#last = done
    return done
  }
}

function mustHave({ targets }: RouterSettings, to: ProviderRole): void {
  if (targets.some(({ role }) => role === to)) return
  throw new GamedayError(`the router cannot be bypassed to "${to}": it has no such target`, {
    code: 'ROUTER_TARGET_MISSING',
  })
}
