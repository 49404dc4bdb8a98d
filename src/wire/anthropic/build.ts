import type { AnswerHead, ChunkWriter, TokenCount } from '../writer.ts'

/** Writes the headers of a good answer, apart from its content type. Resets are times, not durations. */
export function anthropicHeaders(requestId: string, now: Date): Record<string, string> {
  const reset = new Date(Math.ceil(now.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  return {
    'request-id': requestId,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    'anthropic-ratelimit-requests-limit': '4000',
    'anthropic-ratelimit-requests-remaining': '3999',
    'anthropic-ratelimit-requests-reset': reset,
    'anthropic-ratelimit-input-tokens-limit': '2000000',
    'anthropic-ratelimit-input-tokens-remaining': '1999000',
    'anthropic-ratelimit-input-tokens-reset': reset,
    'anthropic-ratelimit-output-tokens-limit': '400000',
    'anthropic-ratelimit-output-tokens-remaining': '399000',
    'anthropic-ratelimit-output-tokens-reset': reset,
  }
}

/** Writes a plain answer. */
export function anthropicMessage(head: AnswerHead, text: string, tokens: TokenCount): string {
  return JSON.stringify({
    ...skeleton(head),
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: usageOf(tokens),
  })
}

/** Writes the list of models that a key may use. */
export function anthropicModels(models: readonly string[]): string {
  const data = models.map((id) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2025-10-01T00:00:00Z',
  }))
  return JSON.stringify({
    data,
    has_more: false,
    first_id: models[0] ?? null,
    last_id: models.at(-1) ?? null,
  })
}

/** Writes the events of one stream of text, in the vendor's order: a ping follows the first block's start. */
export function anthropicEvents(head: AnswerHead, tokens: Omit<TokenCount, 'outputTokens'>): ChunkWriter {
  const start = {
    type: 'message_start',
    message: { ...skeleton(head), content: [], usage: usageOf({ ...tokens, outputTokens: 1 }) },
  }
  return {
    opening: () =>
      anthropicEvent(start) +
      anthropicEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
      anthropicEvent({ type: 'ping' }),
    content: (text) =>
      anthropicEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    ending: ({ outputTokens }) =>
      anthropicEvent({ type: 'content_block_stop', index: 0 }) +
      anthropicEvent({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: outputTokens },
      }) +
      anthropicEvent({ type: 'message_stop' }),
  }
}

/** Writes one event, which bears its type's name. */
export function anthropicEvent(body: { type: string; [field: string]: unknown }): string {
  return `event: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`
}

function skeleton({ id, model }: AnswerHead) {
  return { id, type: 'message', role: 'assistant', model, stop_reason: null, stop_sequence: null }
}

function usageOf({ inputTokens, outputTokens, ...cached }: TokenCount) {
  const [read, written] = [cached.cacheReadTokens ?? 0, cached.cacheWriteTokens ?? 0]
  const forAnHour = cached.cacheWrite1hTokens ?? 0
  return {
    input_tokens: inputTokens - read - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: {
      ephemeral_5m_input_tokens: written - forAnHour,
      ephemeral_1h_input_tokens: forAnHour,
    },
    output_tokens: outputTokens,
  }
}
