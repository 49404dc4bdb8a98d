import { z } from 'zod'
import { duration } from '../base/index.ts'
import { envName } from './env-name.ts'

/** The router's cache of answers. In a drill's overrides each field replaces the one of `gameday.yaml`. */

const SECOND = 1000
const DAYS_400 = 400 * 86_400_000
const GIGABYTE = 1024 ** 3

const fields = {
  mode: z
    .enum(['off', 'on-hit', 'stale-if-error'])
    .describe(
      'off; on-hit: an answer that is there is served at once; stale-if-error: only when no provider can answer',
    ),
  ttl: duration({ least: SECOND, most: DAYS_400 }).describe('An answer older than this is not served'),
  entries: z.int().min(1).max(10_000_000).describe('Most answers; the least recently used goes first'),
  bytes: z
    .int()
    .min(1024)
    .max(64 * GIGABYTE)
    .describe('Most bytes of all answers together'),
  largest: z
    .int()
    .min(1024)
    .max(16 * 1024 ** 2)
    .describe('Most bytes of one answer that is kept'),
  file: z
    .string()
    .min(1)
    .exactOptional()
    .describe('SQLite file that survives a restart; without it the cache is in memory'),
  redis: z
    .url({ protocol: /^rediss?$/, error: 'write an address such as redis://127.0.0.1:6379' })
    .refine((url) => !/^\w+:\/\/[^/]*@/.test(url), {
      error: 'write the address without a user name or password, or name its variable as redisFrom',
    })
    .exactOptional()
    .describe('A Redis that several routers share, in the place of SQLite'),
  redisFrom: envName
    .exactOptional()
    .describe('Name of the environment variable that holds its address, where that has a password'),
}

export const cacheSchema = z.strictObject({
  mode: fields.mode.default('off'),
  ttl: fields.ttl.prefault('1d'),
  entries: fields.entries.default(10_000),
  bytes: fields.bytes.default(64 * 1024 ** 2),
  largest: fields.largest.default(1024 ** 2),
  file: fields.file,
  redis: fields.redis,
  redisFrom: fields.redisFrom,
})
export type CacheConfig = z.infer<typeof cacheSchema>

export const cacheOverridesSchema = z.strictObject({
  mode: fields.mode.exactOptional(),
  ttl: fields.ttl.exactOptional(),
  entries: fields.entries.exactOptional(),
  bytes: fields.bytes.exactOptional(),
  largest: fields.largest.exactOptional(),
})
