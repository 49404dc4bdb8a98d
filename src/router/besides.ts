import { openCache, type AnswerCache } from '../cache/index.ts'
import type { RouterConfig } from '../config/index.ts'
import type { Clock } from '../base/index.ts'
import { cacheControlOf, keyOf, Memo } from './memo/index.ts'
import { guardOf, type Body, type DayBudgets, type Guard } from './guard/index.ts'
import type { AskedChat, Aside } from './question.ts'
import { Shared } from './shared.ts'

/** What stands beside every exchange of one router; null where it is not configured. */
export interface Besides {
  guard: Guard | null
  cache: { mode: 'on-hit' | 'stale-if-error'; answers: AnswerCache; kept: KeptCache } | null
}

/** An open cache, and where its answers lie. */
interface KeptCache {
  shared: Shared<AnswerCache>
  place: string
}

/** A bypassed router is in nobody's way, and so are these. */
export const NOTHING_BESIDES: Besides = { guard: null, cache: null }

/**
 * Sets up guardrails and cache. A cache that one of `living` has open at the same place is used on, with other limits if
 * they have changed: its answers stay, and a file can be opened only once. Throws as `openCache` does.
 */
export async function setBesides(
  { guardrails, cache }: RouterConfig,
  { clock, budgets }: { clock: Clock; budgets: DayBudgets },
  living: readonly Besides[],
): Promise<Besides> {
  const guard = guardOf(guardrails, budgets)
  const { mode, ttl, entries, bytes, largest, file = null, redis = null } = cache
  if (mode === 'off') return { guard, cache: null }
  const limits = { ttlMs: ttl, entries, bytes, largest }
  const place = JSON.stringify([file, redis])
  const open = living
    .map((one) => one.cache?.kept)
    .find((kept) => kept?.place === place && !kept.shared.isClosed)
  if (open !== undefined) {
    open.shared.value.adjust(limits)
    return { guard, cache: { mode, answers: open.shared.value, kept: open } }
  }
  const answers = await openCache({ limits, file, redis, clock })
  const shared = new Shared(answers, () => answers.close())
  return { guard, cache: { mode, answers, kept: { shared, place } } }
}

/** Puts one chat request under guard, and before the cache. */
export function besides({ guard, cache }: Besides, asked: AskedChat, body: Body): Aside {
  if (guard === null && cache === null) return {}
  return {
    watch: guard?.watch(body, asked.tags) ?? null,
    memo: cache === null ? null : memoOf(cache, asked, body),
  }
}

function memoOf(
  { mode, answers }: NonNullable<Besides['cache']>,
  { caller, headers, facts: { stream, includeUsage }, tags: { tenant } }: AskedChat,
  body: Body,
): Memo | null {
  const key = keyOf({ format: caller.id, tenant, body, said: caller.ownHeaders.map((name) => headers[name]) })
  if (key === null) return null
  const control = cacheControlOf(headers['cache-control'])
  return new Memo({ format: caller.id, cache: answers, key, control, mode, stream, includeUsage })
}
