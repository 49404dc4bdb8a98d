import type { UsageFacts } from '../format.ts'
import type { JsonObject } from '../json.ts'

/** Usage in OpenAI's shape: the cached tokens are among the prompt's. */
export function openaiUsageOf(usage: UsageFacts): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage
  const [input, output] = [inputTokens ?? 0, outputTokens ?? 0]
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cacheReadTokens ?? 0,
      ...((cacheWriteTokens ?? 0) > 0 ? { cache_write_tokens: cacheWriteTokens } : {}),
    },
  }
}

/** Usage in Anthropic's shape: the cached tokens are counted apart. */
export function anthropicUsageOf(usage: UsageFacts): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage
  const [read, written] = [cacheReadTokens ?? 0, cacheWriteTokens ?? 0]
  return {
    input_tokens: Math.max(0, (inputTokens ?? 0) - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: outputTokens ?? 0,
  }
}
