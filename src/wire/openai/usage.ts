import type { UsageFacts } from '../format.ts'
import { countOrNull, isObject } from '../json.ts'

/** Reads OpenAI's usage. Tokens read from the cache are among the prompt's; writing them is not stated. */
export function openaiUsage(usage: unknown): UsageFacts {
  const stated = isObject(usage) ? usage : {}
  const details = stated['prompt_tokens_details']
  return {
    inputTokens: countOrNull(stated['prompt_tokens']),
    outputTokens: countOrNull(stated['completion_tokens']),
    cacheReadTokens: isObject(details) ? countOrNull(details['cached_tokens']) : null,
    cacheWriteTokens: null,
  }
}
