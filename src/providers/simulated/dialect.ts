import type { FormatId } from '../../base/index.ts'
import {
  anthropicEvents,
  anthropicFormat,
  anthropicHeaders,
  anthropicMessage,
  anthropicModels,
  openaiChunks,
  openaiCompletion,
  openaiFormat,
  openaiHeaders,
  openaiModels,
  type AnswerHead,
  type ChunkWriter,
  type TokenCount,
  type WireFormat,
} from '../../wire/index.ts'
import { readAnthropicAsked, readOpenaiAsked, type Asked, type Refusal } from './asked.ts'

/** How a simulated provider listens and speaks in one format. */
export interface Dialect {
  format: WireFormat
  readAsked(bodyText: string, headers: Headers): Asked | Refusal
  /** Headers of a good answer. */
  headers(requestId: string, now: Date): Record<string, string>
  whole(head: AnswerHead, text: string, tokens: TokenCount): string
  chunks(head: AnswerHead, asked: Asked & Omit<TokenCount, 'outputTokens'>): ChunkWriter
  models(models: readonly string[]): string
}

export const DIALECTS: Record<FormatId, Dialect> = {
  openai: {
    format: openaiFormat,
    readAsked: readOpenaiAsked,
    headers: openaiHeaders,
    whole: openaiCompletion,
    chunks: (head, { includeUsage }) => openaiChunks(head, includeUsage),
    models: openaiModels,
  },
  anthropic: {
    format: anthropicFormat,
    readAsked: readAnthropicAsked,
    headers: anthropicHeaders,
    whole: anthropicMessage,
    chunks: anthropicEvents,
    models: anthropicModels,
  },
}
