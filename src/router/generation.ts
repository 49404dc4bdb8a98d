import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProviderRole } from '../base/index.ts'
import type { Besides } from './besides.ts'
import { secretsAmong } from './failure.ts'
import { Poison } from './poison.ts'
import { bypass, routes } from './routes.ts'
import type { Shared } from './shared.ts'
import { tallies } from './tally.ts'
import type { Target } from './target.ts'
import type { RouterOptions, RouterSettings } from './types.ts'
import { whenOver } from './when-over.ts'

export interface GenerationParts {
  settings: RouterSettings
  targets: readonly Target[]
  besides: Besides
  since: Date
  options: Pick<RouterOptions, 'clock' | 'random' | 'onRequest' | 'onAttempt'>
}

/**
 * Settings that are or were in force, with all that was made from them. A request belongs to one generation from its
 * beginning to its end; when the last one of a retired generation is over, it lets go of what no other one uses.
 */
export class Generation {
  readonly settings: RouterSettings
  readonly targets: readonly Target[]
  readonly besides: Besides
  readonly since: Date
  /** Resolves when it is retired, its last request is over, and what it alone used is closed. */
  readonly over: Promise<void>
  readonly #desk
  readonly #routed
  #underWay = 0
  #isRetired = false
  #end: () => void = () => undefined

  constructor({ settings, targets, besides, since, options }: GenerationParts) {
    const { clock, random, onRequest, onAttempt } = options
    const { config, recordText = false } = settings
    this.settings = settings
    this.targets = targets
    this.besides = besides
    this.since = since
    const keys = secretsAmong(targets.map((target) => target.config.key))
    const tally = tallies({ clock, recordText, ...(onRequest === undefined ? {} : { onRequest }) })
    const poison = new Poison()
    this.#desk = { config, clock, random, targets, keys, poison, tally, onAttempt, ...besides }
    this.#routed = routes(this.#desk)
    for (const shared of this.#used()) shared.hold()
    this.over = new Promise<void>((end) => (this.#end = end)).then(async () => {
      // What cannot be closed any more is in nobody's way.
      await Promise.allSettled(this.#used().map((shared) => shared.letGo()))
    })
  }

  get underWay(): number {
    return this.#underWay
  }

  /** Answers a request, by its targets in turn or by the one that it is bypassed to. */
  serve(to: ProviderRole | null, request: IncomingMessage, response: ServerResponse): void {
    this.#underWay += 1
    whenOver(request, response, () => {
      this.#underWay -= 1
      this.#settle()
    })
    const target = this.targets.find(({ config }) => config.role === to)
    if (target === undefined) this.#routed(request, response)
    else bypass(target, this.#desk)(request, response)
  }

  retire(): void {
    this.#isRetired = true
    this.#settle()
  }

  /** Closes what it uses, whoever else does. */
  async stop(): Promise<void> {
    await Promise.all(this.#used().map((shared) => shared.close()))
  }

  #used(): Shared<unknown>[] {
    const pools = this.targets.flatMap(({ pool }) => (pool === null ? [] : [pool.shared]))
    return this.besides.cache === null ? pools : [...pools, this.besides.cache.kept.shared]
  }

  #settle(): void {
    if (this.#isRetired && this.#underWay === 0) this.#end()
  }
}
