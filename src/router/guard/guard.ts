import type { GuardrailsConfig } from '../../config/index.ts'
import type { Question } from '../question.ts'
import type { Tags } from '../tags.ts'
import type { Target } from '../target.ts'
import type { DayBudgets } from './budgets.ts'
import type { Body } from './estimate.ts'
import { hasLimits, limitsOf, type Limits } from './limits.ts'
import {
  reckon,
  rule,
  type Deed,
  type LimitName,
  type Policy,
  type Reckoned,
  type Refusal,
  type Ruling,
} from './ruling.ts'

/** How a request over a limit is degraded: where a cached answer may be tried, and where not. */
interface Policies {
  mayRecall: Policy
  mayNot: Policy
}

/** The guardrails of one router. */
export class Guard {
  readonly #config: GuardrailsConfig
  readonly #policies: Policies
  readonly #budgets: DayBudgets

  constructor(config: GuardrailsConfig, budgets: DayBudgets) {
    const { assumeTokensOut, unknownPrice, degrade } = config
    const mayRecall = { assumeTokensOut, unknownPrice, degrade }
    this.#config = config
    this.#policies = {
      mayRecall,
      mayNot: { ...mayRecall, degrade: degrade.filter((step) => step !== 'cached') },
    }
    this.#budgets = budgets
  }

  /** Begins to watch one request. */
  watch(body: Body, tags: Tags): Watch {
    return new Watch(body, tags, limitsOf(this.#config, tags), this.#policies, this.#budgets)
  }
}

/**
 * Makes the guard; null where no limit is set, so that such a router pays nothing for it. What tenants have spent today is
 * kept outside of it, because other limits do not give it back.
 */
export function guardOf(config: GuardrailsConfig, budgets: DayBudgets): Guard | null {
  return hasLimits(config) ? new Guard(config, budgets) : null
}

/** What is sent where, once the guard has let a request through. */
export interface Leave {
  target: Target
  question: Question
}

/**
 * One request under guard, over all its attempts. What an attempt may cost is held back from the tenant's budget while
 * it is under way, so that many requests at once cannot all spend the same last dollar.
 */
export class Watch {
  readonly tags: Tags
  readonly #body: Body
  readonly #limits: Limits
  readonly #policies: Policies
  readonly #budgets: DayBudgets
  readonly #refusals = new Map<Target, Refusal>()
  readonly #reckoned: Reckoned
  #deeds: readonly Deed[] = []
  #spentUsd = 0
  #held: { estimateUsd: number; settle: (spentUsd: number) => void } | null = null

  constructor(body: Body, tags: Tags, limits: Limits, policies: Policies, budgets: DayBudgets) {
    this.#body = body
    this.tags = tags
    this.#limits = limits
    this.#policies = policies
    this.#budgets = budgets
    this.#reckoned = reckon({ body, limits }, policies.mayRecall)
  }

  /** What it has been charged so far. */
  get spentUsd(): number {
    return this.#spentUsd
  }

  /** What was done to the attempt that was sent last. */
  get deeds(): readonly Deed[] {
    return this.#deeds
  }

  /** Whether the question that was sent last is not the one that was asked. */
  get changed(): boolean {
    return this.#deeds.some(({ what }) => what === 'truncated' || what === 'cheaper-model')
  }

  /** Why a target is not asked; null if it may be. */
  refusalAt(target: Target): Refusal | null {
    return this.#refusals.get(target) ?? null
  }

  /**
   * Rules on the request at each of these targets, and finds those that may be asked. `cached`: there is none, and a
   * cached answer is to be tried before the rest of the steps.
   */
  permitted(targets: readonly Target[], mayRecall: boolean): { targets: Target[]; cached: LimitName | null } {
    let cached: LimitName | null = null
    const open = targets.filter((target) => {
      const ruling = this.#rule(target, mayRecall)
      if (ruling.verdict === 'refuse') this.#refusals.set(target, ruling)
      else this.#refusals.delete(target)
      if (ruling.verdict === 'cached') cached ??= ruling.limit
      return ruling.verdict === 'go'
    })
    return { targets: open, cached: open.length === 0 ? cached : null }
  }

  /**
   * Makes ready what is sent to a target, and holds back what it may cost. Null where it is not permitted: a retry comes
   * after what the attempt before has cost, and while the cache was asked others may have spent the budget.
   */
  send(target: Target, question: Question): Leave | null {
    const ruling = this.#rule(target, false)
    if (ruling.verdict !== 'go') return null
    const { body, cheaper, estimateUsd, deeds } = ruling
    this.#deeds = deeds
    this.#held = {
      estimateUsd: estimateUsd ?? 0,
      settle: this.#budgets.reserve(this.tags.tenant, estimateUsd ?? 0),
    }
    return {
      target: cheaper === null ? target : { ...target, config: { ...target.config, ...cheaper } },
      question: body === this.#body ? question : (question.rewritten?.(body) ?? question),
    }
  }

  /** A cached answer was served in the place of one over this limit. */
  recalled(limit: LimitName): void {
    this.#deeds = [{ what: 'cached', limit }]
  }

  /** The attempt is over and cost this much; null if nobody said, and then it cost what was reckoned. */
  ended(costUsd: number | null): void {
    if (this.#held === null) return
    const { estimateUsd, settle } = this.#held
    this.#held = null
    this.#spentUsd += costUsd ?? estimateUsd
    settle(costUsd ?? estimateUsd)
  }

  #rule({ config: { price, cheaper }, promptCache }: Target, mayRecall: boolean): Ruling {
    const leftUsd = this.#limits.dayUsd - this.#budgets.committed(this.tags.tenant)
    const spentUsd = this.#spentUsd
    return rule(
      { body: this.#body, limits: this.#limits, price, cheaper, promptCache, spentUsd, leftUsd },
      mayRecall ? this.#policies.mayRecall : this.#policies.mayNot,
      this.#reckoned,
    )
  }
}
