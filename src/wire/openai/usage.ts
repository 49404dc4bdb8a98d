import type { UsageFacts } from '../format.ts'
import { countOrNull, isObject } from '../json.ts'

/** Reads OpenAI's usage. Tokens read from the cache, and those written to it by newer models, are among the prompt's. */
export function openaiUsage(usage: unknown): UsageFacts {
  const stated = isObject(usage) ? usage : {}
  const more = stated['prompt_tokens_details']
  const details = isObject(more) ? more : {}
  return {
    inputTokens: countOrNull(stated['prompt_tokens']),
    outputTokens: countOrNull(stated['completion_tokens']),
    cacheReadTokens: countOrNull(details['cached_tokens']),
    cacheWriteTokens: countOrNull(details['cache_write_tokens']),
    cacheWrite1hTokens: null,
  }
}
