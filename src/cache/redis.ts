import { Redis } from 'ioredis'
import type { AnswerStore, KeptAnswer } from './types.ts'

/** Longest that a request waits for Redis. A slow one is worse than a dead one, unless it is left alone in time. */
const DEADLINE_MS = 50
/** Failures in a row after which Redis is left alone for a while. */
const FAILURES = 3
const REST_MS = 2000
/** Of Redis's own attempts to connect again. */
const RECONNECT_MS = 1000

const PREFIX = 'gameday:answer:'

/**
 * Answers in a Redis that several routers share. Redis forgets by its own time and its own `maxmemory`. Whatever fails is
 * thrown within the deadline; after a few failures in a row everything fails at once for a while, without asking.
 */
export class RedisStore implements AnswerStore {
  readonly evicted = null
  readonly #redis: Redis
  readonly #now: () => number
  readonly #onTrouble: () => void
  #inARow = 0
  #restsUntilMs = Number.NEGATIVE_INFINITY

  constructor(url: string, now: () => number, onTrouble: () => void) {
    this.#now = now
    this.#onTrouble = onTrouble
    this.#redis = new Redis(url, {
      connectTimeout: RECONNECT_MS,
      commandTimeout: DEADLINE_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => RECONNECT_MS,
    })
    // Without a listener ioredis writes to the console. What it means for a request is counted there.
    this.#redis.on('error', () => {})
  }

  async get(key: string): Promise<KeptAnswer | null> {
    const text = await this.#guarded(() => this.#redis.get(PREFIX + key))
    return text === null ? null : read(text)
  }

  put(key: string, answer: KeptAnswer, ttlMs: number): void {
    const text = JSON.stringify(answer)
    this.#guarded(() => this.#redis.set(PREFIX + key, text, 'PX', ttlMs)).catch(this.#onTrouble)
  }

  async close(): Promise<void> {
    this.#redis.disconnect()
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#now() < this.#restsUntilMs) throw new Error('Redis is left alone')
    try {
      const result = await work()
      this.#inARow = 0
      return result
    } catch (error) {
      this.#inARow += 1
      if (this.#inARow >= FAILURES) this.#restsUntilMs = this.#now() + REST_MS
      throw error
    }
  }
}

/** Others may write to the same Redis: what is not of the expected shape is no answer. */
function read(text: string): KeptAnswer | null {
  const { body, storedAtMs, costUsd } = JSON.parse(text) as Record<string, unknown>
  if (typeof body !== 'string' || typeof storedAtMs !== 'number') return null
  return { body, storedAtMs, costUsd: typeof costUsd === 'number' ? costUsd : null }
}
