import type { WireFormat } from '../wire/index.ts'
import type { RouterTarget } from './types.ts'

export interface Usage {
  inputTokens: number
  outputTokens: number
}

/** Adds up what one request cost over all its attempts. Unknown is never 0: one unknown price and the sum is unknown. */
export class Bill {
  #usd: number | null = 0

  /** Adds an attempt whose usage is known. A refused or abandoned attempt that states no usage is left out. */
  add(usage: Usage, price: RouterTarget['price']): void {
    const cost = costOf(usage, price)
    if (cost === null) this.#usd = null
    else if (this.#usd !== null) this.#usd += cost
  }

  /** Notes an answer whose usage the provider did not state. */
  addUnknown(): void {
    this.#usd = null
  }

  /** US dollars; null if unknown. */
  get usd(): number | null {
    return this.#usd
  }

  /** US dollars as a plain decimal, such as `0.0000123`; null if unknown. */
  text(): string | null {
    return this.#usd === null ? null : this.#usd.toFixed(10).replace(/\.?0+$/, '')
  }
}

/** US dollars for this usage; null where it or the price is unknown. */
export function costOf(usage: Usage | null, price: RouterTarget['price']): number | null {
  if (usage === null || price === undefined) return null
  return (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1e6
}

/** The usage in facts read from an answer; null unless both counts were stated. */
export function usageOf(facts: { inputTokens: number | null; outputTokens: number | null }): Usage | null {
  const { inputTokens, outputTokens } = facts
  return inputTokens === null || outputTokens === null ? null : { inputTokens, outputTokens }
}

/** The usage that a rejected answer states nevertheless, since an empty 200 is billed like any other. */
export function usageStated(bodyText: string, format: WireFormat): Usage | null {
  try {
    return usageOf(format.readUsage(JSON.parse(bodyText)))
  } catch {
    return null
  }
}
