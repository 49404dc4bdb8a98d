import { createHash } from 'node:crypto'
import type { Clock } from '../../base/index.ts'
import { leastCachedTokens, type PrefixBlock, type PromptCacheTtl } from '../../wire/index.ts'

const TTL_MS: Record<PromptCacheTtl, number> = { '5m': 300_000, '1h': 3_600_000 }

/** How many blocks the vendor looks back from a breakpoint for one that is kept. */
const LOOK_BACK = 20

/** Most prefixes that are kept; the one that was used longest ago goes first. */
const MOST_KEPT = 10_000

/** Of the tokens of a question. */
export interface CachedTokens {
  cacheReadTokens: number
  cacheWriteTokens: number
  cacheWrite1hTokens: number
}

/**
 * Anthropic's prompt cache, in small: for each key and model it keeps the prefixes that breakpoints end. The longest one
 * that it knows is read, which keeps it for another while; what goes on from there to further breakpoints is written. A
 * prefix that is too short is never kept. Times go by the monotonic clock.
 */
export class PromptCache {
  readonly #clock: Pick<Clock, 'now'>
  readonly #kept = new Map<string, { ttl: PromptCacheTtl; untilMs: number }>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** Takes a question through the cache. */
  use(key: string, model: string, blocks: readonly PrefixBlock[]): CachedTokens {
    const prefixes = prefixesOf(`${key} ${model}`, blocks)
    const ends = prefixes.filter(({ breakpoint }) => breakpoint !== null)
    const found = this.#longest(prefixes, ends)
    const counts = { cacheReadTokens: found?.tokens ?? 0, cacheWriteTokens: 0, cacheWrite1hTokens: 0 }
    let cachedTokens = counts.cacheReadTokens
    for (const { hash, tokens, breakpoint } of ends) {
      if (breakpoint === null || tokens <= cachedTokens || tokens < leastCachedTokens(model)) continue
      counts.cacheWriteTokens += tokens - cachedTokens
      if (breakpoint === '1h') counts.cacheWrite1hTokens += tokens - cachedTokens
      cachedTokens = tokens
      this.#keep(hash, breakpoint)
    }
    return counts
  }

  #longest(prefixes: readonly Prefix[], ends: readonly Prefix[]): Prefix | null {
    for (const end of ends.toReversed()) {
      const at = prefixes.indexOf(end) + 1
      for (const prefix of prefixes.slice(Math.max(0, at - LOOK_BACK), at).toReversed()) {
        const kept = this.#kept.get(prefix.hash)
        if (kept === undefined || kept.untilMs <= this.#clock.now()) continue
        this.#keep(prefix.hash, kept.ttl)
        return prefix
      }
    }
    return null
  }

  #keep(hash: string, ttl: PromptCacheTtl): void {
    this.#kept.delete(hash)
    this.#kept.set(hash, { ttl, untilMs: this.#clock.now() + TTL_MS[ttl] })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
  }
}

/** A question from its beginning to the end of one block. */
interface Prefix {
  hash: string
  tokens: number
  breakpoint: PromptCacheTtl | null
}

function prefixesOf(owner: string, blocks: readonly PrefixBlock[]): Prefix[] {
  let [hash, tokens] = [owner, 0]
  return blocks.map((block) => {
    hash = createHash('sha256').update(`${hash}\n${block.identity}`).digest('base64')
    tokens += block.tokens
    return { hash, tokens, breakpoint: block.breakpoint }
  })
}
