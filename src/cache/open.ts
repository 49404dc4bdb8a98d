import type { Clock } from '../base/index.ts'
import { AnswerCache } from './cache.ts'
import type { CacheLimits } from './types.ts'

export interface CacheOptions {
  limits: CacheLimits
  /** Null keeps the answers in memory. */
  file: string | null
  /** Address of a Redis, in the place of SQLite; null for none. */
  redis: string | null
  clock: Pick<Clock, 'now' | 'wall'>
}

/**
 * Opens a cache of answers. A Redis that does not answer is no error. Throws as `openSqlite` does. Only the library that
 * is needed is loaded: most routers have no cache.
 */
export async function openCache({ limits, file, redis, clock }: CacheOptions): Promise<AnswerCache> {
  const troubles = { count: 0 }
  const onTrouble = () => void (troubles.count += 1)
  const store =
    redis === null
      ? (await import('./sqlite.ts')).openSqlite(file, limits, onTrouble)
      : new (await import('./redis.ts')).RedisStore(redis, () => clock.now(), onTrouble)
  return new AnswerCache({ store, limits, clock, troubles })
}
