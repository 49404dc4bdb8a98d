/** An answer as it is kept: the body of a plain one, in its caller's format. */
export interface KeptAnswer {
  body: string
  /** Wall clock, milliseconds since 1970: an answer outlives the process that kept it. */
  storedAtMs: number
  /** What it cost when it was made; null if unknown. */
  costUsd: number | null
}

/** A place for answers. What goes wrong in it is thrown, and counted by whoever asked. */
export interface AnswerStore {
  get(key: string): Promise<KeptAnswer | null>
  /** Takes an answer and returns at once; it is written down a little later. */
  put(key: string, answer: KeptAnswer, ttlMs: number): void
  /** How many answers had to make room; null where the store does not tell. */
  readonly evicted: number | null
  close(): Promise<void>
}

/** What a cache has done since it was opened. */
export interface CacheStats {
  hits: number
  misses: number
  stored: number
  evicted: number | null
  /** Times that the store failed or was too slow: each was a miss, or an answer not kept. */
  troubles: number
  /** Hits as a share of what was looked up; null before anything was. */
  hitRate: number | null
  /** What the answers served had cost when they were made; those of an unknown price are left out and counted. */
  savedUsd: number
  savedUnknown: number
}

export interface CacheLimits {
  ttlMs: number
  entries: number
  bytes: number
  /** Most bytes of one answer. */
  largest: number
}
