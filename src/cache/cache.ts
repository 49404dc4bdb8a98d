import type { Clock } from '../base/index.ts'
import type { AnswerStore, CacheLimits, CacheStats, KeptAnswer } from './types.ts'

/** An answer found, and how old it is. */
export interface Recalled {
  body: string
  ageMs: number
}

interface CacheParts {
  store: AnswerStore
  /** The very object that the store looks at. */
  limits: CacheLimits
  clock: Pick<Clock, 'wall'>
  /** How often the store failed, also behind its caller's back. */
  troubles: { count: number }
}

/** Keeps answers and finds them again. A store that fails costs nothing but the hits. */
export class AnswerCache {
  readonly #parts: CacheParts
  readonly #counts = { hits: 0, misses: 0, stored: 0, savedUsd: 0, savedUnknown: 0 }

  constructor(parts: CacheParts) {
    this.#parts = parts
  }

  /** Most bytes of an answer that is worth collecting. */
  get largest(): number {
    return this.#parts.limits.largest
  }

  /** Keeps to other limits from here on. */
  adjust(limits: CacheLimits): void {
    Object.assign(this.#parts.limits, limits)
  }

  /** Finds an answer no older than the caller and the configuration want. Never rejects. */
  async recall(key: string, maxAgeMs: number): Promise<Recalled | null> {
    const { store, limits, clock } = this.#parts
    const found = await store.get(key).catch(() => this.#trouble())
    if (found === null) return this.#miss()
    // A wall clock may have been put back meanwhile.
    const ageMs = Math.max(0, clock.wall().getTime() - found.storedAtMs)
    if (ageMs > Math.min(maxAgeMs, limits.ttlMs)) return this.#miss()
    this.#counts.hits += 1
    if (found.costUsd === null) this.#counts.savedUnknown += 1
    else this.#counts.savedUsd += found.costUsd
    return { body: found.body, ageMs }
  }

  /** Keeps an answer unless it is too large. Never throws. */
  keep(key: string, answer: Omit<KeptAnswer, 'storedAtMs'>): void {
    const { store, limits, clock } = this.#parts
    if (Buffer.byteLength(answer.body) > limits.largest) return
    try {
      store.put(key, { ...answer, storedAtMs: clock.wall().getTime() }, limits.ttlMs)
      this.#counts.stored += 1
    } catch {
      this.#trouble()
    }
  }

  stats(): CacheStats {
    const { hits, misses } = this.#counts
    return {
      ...this.#counts,
      evicted: this.#parts.store.evicted,
      troubles: this.#parts.troubles.count,
      hitRate: hits + misses === 0 ? null : hits / (hits + misses),
    }
  }

  close(): Promise<void> {
    return this.#parts.store.close()
  }

  #trouble(): null {
    this.#parts.troubles.count += 1
    return null
  }

  #miss(): null {
    this.#counts.misses += 1
    return null
  }
}
