import type { Clock } from '../base/index.ts'
import { AnswerCache } from './cache.ts'
import { RedisStore } from './redis.ts'
import { openSqlite } from './sqlite.ts'
import type { CacheLimits } from './types.ts'

export interface CacheOptions {
  limits: CacheLimits
  /** Null keeps the answers in memory. */
  file: string | null
  /** Address of a Redis, in the place of SQLite; null for none. */
  redis: string | null
  clock: Pick<Clock, 'now' | 'wall'>
}

/** Opens a cache of answers. A Redis that does not answer is no error. Throws as `openSqlite` does. */
export function openCache({ limits, file, redis, clock }: CacheOptions): AnswerCache {
  const onTrouble = () => cache.troubled()
  const store =
    redis === null ? openSqlite(file, limits, onTrouble) : new RedisStore(redis, () => clock.now(), onTrouble)
  const cache = new AnswerCache({ store, limits, clock })
  return cache
}
