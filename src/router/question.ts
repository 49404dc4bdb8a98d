import type { IncomingHttpHeaders } from 'node:http'
import type { Memo } from './memo/index.ts'
import type { Watch } from './guard/index.ts'
import { headersToProvider, type HeaderList } from './headers.ts'
import type { Target } from './target.ts'

/** What a caller asks, ready to be put to any target. */
export interface Question {
  method: 'GET' | 'POST'
  /** Below the target's base URL. */
  path: string
  stream: boolean
  /** Whether the answer is judged, and counts with the circuits: chat completions are, a list of models is not. */
  judged: boolean
  headersFor(target: Target): HeaderList
  /** The caller's bytes, unless the target replaces the model. */
  bodyFor(target: Target): Buffer | null
  /** The same question with another body. */
  rewritten?(body: object): Question
  /** The guardrails that it is under; none if left out. */
  watch?: Watch | null
  /** What the cache does for it; nothing if left out. */
  memo?: Memo | null
}

/** A chat completion. `parsed` is `body` as JSON. */
export function chatQuestion(
  body: Buffer,
  parsed: object,
  stream: boolean,
  caller: IncomingHttpHeaders,
): Question {
  return {
    method: 'POST',
    path: '/chat/completions',
    stream,
    judged: true,
    headersFor: ({ headers }) => headersToProvider(headers, caller),
    bodyFor: ({ config: { model } }) =>
      model === undefined ? body : Buffer.from(JSON.stringify({ ...parsed, model })),
    rewritten: (other) => chatQuestion(Buffer.from(JSON.stringify(other)), other, stream, caller),
  }
}

/** The list of models, as the first provider that answers tells it. */
export function modelsQuestion(caller: IncomingHttpHeaders): Question {
  return {
    method: 'GET',
    path: '/models',
    stream: false,
    judged: false,
    headersFor: ({ headers }) => headersToProvider(headers, caller),
    bodyFor: () => null,
  }
}
