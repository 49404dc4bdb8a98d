import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from '../base/index.ts'
import type { WireFormat } from '../wire/index.ts'
import type { Memo } from './memo/index.ts'
import type { Watch } from './guard/index.ts'
import { headersToProvider, type HeaderList } from './headers.ts'
import { tagsOf, type Tags } from './tags.ts'
import type { Target } from './target.ts'
import { crossing, wayBackBetween } from './translate/crossing.ts'
import { misfit } from './translate/fit.ts'
import type { WayBack } from './translate/way-back.ts'

/** What a caller asks, ready to be put to any target. */
export interface Question {
  method: 'GET' | 'POST'
  /** The format that its caller speaks. */
  caller: WireFormat
  stream: boolean
  /** On whose behalf it is asked. */
  tags: Tags
  /** Whether the answer is judged, and counts with the circuits: an answer of a model is, a list of models is not. */
  judged: boolean
  /** Below the target's base URL. */
  pathFor(target: Target): string
  headersFor(target: Target): HeaderList
  /** The caller's bytes, unless the target replaces the model, speaks another format, or is to cache the prompt. */
  bodyFor(target: Target): Buffer | null
  /** What keeps it from going to a target, each by its name; empty if nothing does. */
  obstacles(target: Target): readonly string[]
  /** The way of the target's answer to the caller; null where its bytes pass untouched. */
  wayBack(target: Target): WayBack | null
  /** The same question with another body. */
  rewritten?(body: object): Question
  /** The guardrails that it is under; none if left out. */
  watch?: Watch | null
  /** What the cache does for it; nothing if left out. */
  memo?: Memo | null
}

export interface Asked {
  /** The format of the endpoint. */
  caller: WireFormat
  headers: IncomingHttpHeaders
  clock: Clock
}

/** A question to a model, as it was read: once, because reading it again took as long as asking it. */
export interface AskedChat extends Asked {
  facts: Pick<ReturnType<WireFormat['readRequest']>, 'stream' | 'includeUsage'>
  tags: Tags
}

/** What stands beside a question: what the guard and the cache have to do with it. */
export type Aside = Pick<Question, 'watch' | 'memo'>

/** A question to a model. `parsed` is `body` as JSON. */
export function chatQuestion(
  asked: AskedChat,
  body: Buffer,
  parsed: object,
  { watch = null, memo = null }: Aside = {},
): Question {
  const { caller, headers, clock, tags } = asked
  const { stream, includeUsage } = asked.facts
  const across = crossing(caller, parsed)
  const context = () => ({ created: Math.floor(clock.wall().getTime() / 1000), includeUsage })
  return {
    method: 'POST',
    caller,
    stream,
    tags,
    judged: true,
    pathFor: ({ format }) => format.chatPath,
    headersFor: (target) => headersToProvider(target, caller, headers),
    bodyFor: (target) => {
      const { promptCache, format } = target
      const untouched = target.format.id === caller.id && target.config.model === undefined
      if (untouched && promptCache === 'off') return body
      const written = untouched ? { ...parsed } : across.bodyFor(target)
      const marked = promptCache === 'off' ? null : (format.withBreakpoints?.(written, promptCache) ?? null)
      return untouched && marked === null ? body : Buffer.from(JSON.stringify(marked ?? written))
    },
    obstacles: (target) => {
      const losses = target.format.id === caller.id ? [] : across.losses(target)
      const tooLong = misfit(target.config.context, body, parsed)
      return tooLong === null ? losses : [...losses, tooLong]
    },
    wayBack: ({ format }) =>
      wayBackBetween(caller, format, context, (translation, text) => translation.answer(text, context())),
    rewritten: (other) => chatQuestion(asked, Buffer.from(JSON.stringify(other)), other),
    watch,
    memo,
  }
}

/** The list of models, as the first provider that answers tells it. */
export function modelsQuestion({ caller, headers }: Asked): Question {
  const context = () => ({ created: 0, includeUsage: false })
  return {
    method: 'GET',
    caller,
    stream: false,
    tags: tagsOf(headers, {}),
    judged: false,
    pathFor: () => '/models',
    headersFor: (target) => headersToProvider(target, caller, headers),
    bodyFor: () => null,
    obstacles: () => [],
    wayBack: ({ format }) =>
      wayBackBetween(caller, format, context, (translation, text) => translation.models(text)),
  }
}
