import type { FormatId } from '../../base/index.ts'
import type { JsonObject } from '../json.ts'
import { Losses } from './losses.ts'
import { modelsTo } from './models.ts'
import type { StreamTranslator } from './stream.ts'
import { answerToAnthropic } from './to-anthropic/answer.ts'
import { requestToAnthropic } from './to-anthropic/request.ts'
import { streamToAnthropic } from './to-anthropic/stream.ts'
import { answerToOpenai } from './to-openai/answer.ts'
import { requestToOpenai } from './to-openai/request.ts'
import { streamToOpenai } from './to-openai/stream.ts'

/** A request in the other format, or the names of what keeps it from going there. */
export interface CarriedRequest {
  body: JsonObject
  /** Paths into the request, such as `logit_bias` or `tools[0] (custom)`. Empty if all of it was carried over. */
  losses: readonly string[]
}

/** What the answer must know of the question it is an answer to. */
export interface AnswerContext {
  /** Seconds since 1970. */
  created: number
  includeUsage: boolean
}

/** The way from a caller of one format to a provider of the other, and back. Pure. */
export interface Translation {
  request(body: JsonObject): CarriedRequest
  /** A good plain answer; null if it cannot be read as one. */
  answer(bodyText: string, context: AnswerContext): string | null
  stream(context: AnswerContext): StreamTranslator
  models(bodyText: string): string | null
}

/** By the provider's format. */
const TRANSLATIONS: Record<FormatId, Translation> = {
  anthropic: {
    request: carried(requestToAnthropic),
    answer: (bodyText, { created }) => answerToOpenai(bodyText, created),
    stream: ({ created, includeUsage }) => streamToOpenai(created, includeUsage),
    models: modelsTo.openai,
  },
  openai: {
    request: carried(requestToOpenai),
    answer: answerToAnthropic,
    stream: streamToAnthropic,
    models: modelsTo.anthropic,
  },
}

/** The translation between a caller and a provider; null where both speak alike. */
export function translationBetween(caller: FormatId, provider: FormatId): Translation | null {
  return caller === provider ? null : TRANSLATIONS[provider]
}

function carried(write: (body: JsonObject, losses: Losses) => JsonObject): Translation['request'] {
  return (from) => {
    const losses = new Losses()
    const body = write(from, losses)
    return { body, losses: losses.names }
  }
}
