import type { AnswerHead, ChunkWriter, TokenCount } from '../writer.ts'
import { rateLimitHeaders } from './headers.ts'

/** Writes the headers of a good answer, apart from its content type. */
export function openaiHeaders(requestId: string): Record<string, string> {
  return { 'x-request-id': requestId, ...rateLimitHeaders() }
}

/** Writes a plain answer. */
export function openaiCompletion(
  { id, created, model }: AnswerHead,
  text: string,
  tokens: TokenCount,
): string {
  const message = { role: 'assistant', content: text, refusal: null }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return JSON.stringify({ id, object: 'chat.completion', created, model, choices, usage: usageOf(tokens) })
}

/** Writes the list of models that a key may use. */
export function openaiModels(models: readonly string[]): string {
  const data = models.map((id) => ({ id, object: 'model', created: 1_715_367_049, owned_by: 'system' }))
  return JSON.stringify({ object: 'list', data })
}

/** Writes the events of a stream one by one, in the order in which they are sent. */
export interface OpenaiChunkWriter extends ChunkWriter {
  role(): string
  finish(reason: string): string
  /** The last chunk before the marker, without choices; only for a caller that asked for `include_usage`. */
  usage(tokens: TokenCount): string
  done(): string
}

/** Writes the chunks of one stream. With `includeUsage` all but the last carry `"usage": null`, as the vendor's do. */
export function openaiChunks({ id, created, model }: AnswerHead, includeUsage: boolean): OpenaiChunkWriter {
  const head = JSON.stringify({ id, object: 'chat.completion.chunk', created, model }).slice(0, -1)
  const tail = includeUsage ? ',"usage":null}\n\n' : '}\n\n'
  const chunk = (delta: string, reason: string) =>
    `data: ${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${tail}`
  const role = () => chunk('{"role":"assistant","content":"","refusal":null}', 'null')
  const finish = (reason: string) => chunk('{}', JSON.stringify(reason))
  const usage = (tokens: TokenCount) =>
    `data: ${head},"choices":[],"usage":${JSON.stringify(usageOf(tokens))}}\n\n`
  const done = () => 'data: [DONE]\n\n'
  return {
    role,
    content: (text) => chunk(`{"content":${JSON.stringify(text)}}`, 'null'),
    finish,
    usage,
    done,
    opening: role,
    ending: (tokens) => finish('stop') + (includeUsage ? usage(tokens) : '') + done(),
  }
}

function usageOf({ inputTokens, outputTokens }: TokenCount) {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }
}
