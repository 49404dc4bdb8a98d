import { costOf, savedByPromptCache, type TokenUsage } from '../base/index.ts'
import type { UsageFacts, WireFormat } from '../wire/index.ts'
import type { RouterTarget } from './types.ts'

/** Tokens of one answer, as its provider states them. */
export type Usage = TokenUsage

/** Adds up what one request cost over all its attempts. Unknown is never 0: one unknown price and the sum is unknown. */
export class Bill {
  #usd: number | null = 0
  #savedUsd: number | null = 0

  /** Adds an attempt whose usage is known. A refused or abandoned attempt that states no usage is left out. */
  add(usage: Usage, price: RouterTarget['price']): void {
    this.#usd = plus(this.#usd, costOf(usage, price))
    this.#savedUsd = plus(this.#savedUsd, savedByPromptCache(usage, price))
  }

  /** Notes an answer whose usage the provider did not state. */
  addUnknown(): void {
    this.#usd = null
    this.#savedUsd = null
  }

  /** US dollars; null if unknown. */
  get usd(): number | null {
    return this.#usd
  }

  /** What vendors' prompt caches took off it; negative if they cost more than they saved, null if unknown. */
  get savedUsd(): number | null {
    return this.#savedUsd
  }

  /** US dollars as a plain decimal, such as `0.0000123`; null if unknown. */
  text(): string | null {
    return this.#usd === null ? null : this.#usd.toFixed(10).replace(/\.?0+$/, '')
  }
}

const plus = (sum: number | null, one: number | null) => (sum === null || one === null ? null : sum + one)

/** The usage in facts read from an answer; null unless both counts were stated. */
export function usageOf(facts: UsageFacts): Usage | null {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens } = facts
  if (inputTokens === null || outputTokens === null) return null
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens }
}

/** The usage that a rejected answer states nevertheless, since an empty 200 is billed like any other. */
export function usageStated(bodyText: string, format: WireFormat): Usage | null {
  try {
    return usageOf(format.readUsage(JSON.parse(bodyText)))
  } catch {
    return null
  }
}
