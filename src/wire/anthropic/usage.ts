import type { UsageFacts } from '../format.ts'
import { countOrNull, isObject } from '../json.ts'

/** Reads Anthropic's usage. `input_tokens` leaves out what the cache was read or written for: all three are added up. */
export function anthropicUsage(usage: unknown): UsageFacts {
  const stated = isObject(usage) ? usage : {}
  const plain = countOrNull(stated['input_tokens'])
  const cacheReadTokens = countOrNull(stated['cache_read_input_tokens'])
  const cacheWriteTokens = countOrNull(stated['cache_creation_input_tokens'])
  const creation = stated['cache_creation']
  return {
    inputTokens: plain === null ? null : plain + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0),
    outputTokens: countOrNull(stated['output_tokens']),
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens: isObject(creation) ? countOrNull(creation['ephemeral_1h_input_tokens']) : null,
  }
}
