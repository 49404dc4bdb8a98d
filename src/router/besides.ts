import type { IncomingHttpHeaders } from 'node:http'
import { openCache, type AnswerCache } from '../cache/index.ts'
import type { RouterConfig } from '../config/index.ts'
import type { Clock } from '../base/index.ts'
import { openaiFormat, type WireFormat } from '../wire/index.ts'
import { cacheControlOf, keyOf, Memo } from './memo/index.ts'
import { guardOf, type Guard } from './guard/index.ts'
import type { Question } from './question.ts'
import { tagsOf } from './tags.ts'

/** What stands beside every exchange of one router; null where it is not configured. */
export interface Besides {
  guard: Guard | null
  cache: { mode: 'on-hit' | 'stale-if-error'; answers: AnswerCache } | null
}

/** Sets up guardrails and cache. Throws as `openCache` does. */
export async function setBesides({ guardrails, cache }: RouterConfig, clock: Clock): Promise<Besides> {
  const { mode, ttl, entries, bytes, largest, file = null, redis = null } = cache
  const limits = { ttlMs: ttl, entries, bytes, largest }
  return {
    guard: guardOf(guardrails, clock),
    cache: mode === 'off' ? null : { mode, answers: await openCache({ limits, file, redis, clock }) },
  }
}

/** Puts one chat request under guard, and before the cache. */
export function besides(
  { guard, cache }: Besides,
  caller: WireFormat,
  body: object,
  headers: IncomingHttpHeaders,
): Pick<Question, 'watch' | 'memo'> {
  if (guard === null && cache === null) return {}
  const tags = tagsOf(headers, body)
  return {
    watch: guard?.watch({ ...body }, tags) ?? null,
    // What is kept is replayed in OpenAI's words.
    memo: cache === null || caller.id !== 'openai' ? null : memoOf(cache, tags.tenant, body, headers),
  }
}

function memoOf(
  { mode, answers }: NonNullable<Besides['cache']>,
  tenant: string | null,
  body: object,
  headers: IncomingHttpHeaders,
): Memo | null {
  const key = keyOf(openaiFormat.id, tenant, body)
  if (key === null) return null
  const { stream, includeUsage } = openaiFormat.readRequest(body)
  const control = cacheControlOf(headers['cache-control'])
  return new Memo({ cache: answers, key, control, mode, stream, includeUsage })
}
