import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Clock, FailureClass } from '../base/index.ts'
import type { RequestOutcome, RequestRecord } from '../record/index.ts'
import type { Usage } from './cost.ts'
import type { Chosen } from './route.ts'
import type { Tags } from './tags.ts'
import type { Target } from './target.ts'
import type { AttemptResult, RouterOptions } from './types.ts'

/** The answer's header that says under which id the request is told of. */
export const REQUEST_ID = 'x-gameday-request-id'

/** Most bytes of a text that are kept, where texts are. */
const LONGEST_TEXT = 64 * 1024

/** What is known of a request when it comes in. */
export interface RequestFacts extends Tags {
  /** Tag of the drill whose marker it carries. */
  drill: string | null
  stream: boolean
  model: string | null
  body: Buffer | null
}

/** How a request ended: served by `target`, or not, and then why. */
export interface Ending {
  target: Target | null
  usage?: Usage | null
  failure?: { class: FailureClass }
  /** The cache answered. */
  cached?: boolean
  /** What a guardrail did. */
  guardrail?: string | null
  /** Why `target` was asked, if not by order. */
  chosen?: Chosen | null
  /** The caller hung up. */
  abandoned?: boolean
}

/** What a request took. */
export interface Paid {
  attempts: number
  costUsd: number | null
  promptCacheSavedUsd?: number | null
  chargedUsd?: number | null
}

type TallyOptions = Pick<RouterOptions, 'recordText'> & {
  clock: Clock
  onRequest: (record: RequestRecord) => void
}

/** Keeps what is told about one request, and tells it once. */
export class Tally {
  readonly id = randomUUID()
  readonly #facts: RequestFacts
  readonly #options: TallyOptions
  readonly #startedMs: number
  readonly #startedAt: Date
  readonly #answer: Buffer[] = []
  #answerLength = 0
  #firstTokenMs: number | null = null

  constructor(facts: RequestFacts, options: TallyOptions) {
    this.#facts = facts
    this.#options = options
    this.#startedMs = options.clock.now()
    this.#startedAt = options.clock.wall()
  }

  firstContent(): void {
    this.#firstTokenMs ??= this.#elapsed()
  }

  /** Bytes of the answer went to the caller. */
  sent(bytes: Buffer): void {
    if (this.#options.recordText !== true || this.#answerLength >= LONGEST_TEXT) return
    // A copy, because the rest of a large chunk would stay in memory with its beginning.
    const kept = Buffer.from(bytes.subarray(0, LONGEST_TEXT - this.#answerLength))
    this.#answer.push(kept)
    this.#answerLength += kept.length
  }

  end(ending: Ending, { attempts, costUsd, promptCacheSavedUsd = null, chargedUsd = null }: Paid): void {
    const { target, usage = null, failure = null, cached = false, guardrail = null, chosen = null } = ending
    const { drill, tenant, feature, stream, model } = this.#facts
    this.#options.onRequest({
      id: this.id,
      startedAt: this.#startedAt.toISOString(),
      drill,
      tenant,
      feature,
      stream,
      askedModel: model,
      role: cached ? 'cache' : (target?.config.role ?? null),
      provider: target?.config.name ?? null,
      model: target === null ? null : (target.config.model ?? model),
      attempts,
      chosen,
      guardrail,
      outcome: outcomeOf(ending),
      class: failure?.class ?? null,
      inputTokens: usage?.inputTokens ?? null,
      outputTokens: usage?.outputTokens ?? null,
      cacheReadTokens: usage?.cacheReadTokens ?? null,
      cacheWriteTokens: usage?.cacheWriteTokens ?? null,
      costUsd,
      promptCacheSavedUsd,
      chargedUsd,
      firstTokenMs: this.#firstTokenMs,
      durationMs: this.#elapsed(),
      text: this.#text(),
    })
  }

  /** Tells of an answer that passed through unread: its status is all that is known, and nothing of tokens and cost. */
  endUnread(target: Target, response: ServerResponse): void {
    const result = unreadResult(response)
    const how =
      result === 'ok' ? {} : result === 'abandoned' ? { abandoned: true } : { failure: { class: result } }
    this.end({ target, ...how }, { attempts: 1, costUsd: null })
  }

  #text(): RequestRecord['text'] {
    if (this.#options.recordText !== true) return null
    return {
      request: this.#facts.body?.subarray(0, LONGEST_TEXT).toString() ?? '',
      answer: Buffer.concat(this.#answer).toString(),
    }
  }

  #elapsed(): number {
    return this.#options.clock.now() - this.#startedMs
  }
}

/** How tallies begin with these options; null where nobody wants to know. */
export function tallies({
  clock,
  onRequest,
  recordText,
}: Pick<RouterOptions, 'clock' | 'onRequest' | 'recordText'>) {
  if (onRequest === undefined) return null
  const options = { clock, onRequest, ...(recordText === undefined ? {} : { recordText }) }
  return (facts: RequestFacts) => new Tally(facts, options)
}

function outcomeOf({ failure, abandoned }: Ending): RequestOutcome {
  if (abandoned === true) return 'abandoned'
  if (failure === undefined) return 'ok'
  return failure.class === 'timeout' || failure.class === 'truncated' ? failure.class : 'failed'
}

/** How an answer that passed through unread has ended, when its response is closed. */
export function unreadResult({ writableFinished, statusCode }: ServerResponse): AttemptResult {
  if (!writableFinished) return 'abandoned'
  return statusCode < 400 ? 'ok' : classOf(statusCode)
}

/** The class of a refusal by its status alone. */
function classOf(status: number): FailureClass {
  if (status === 401 || status === 403) return 'credential'
  if (status === 429) return 'rate-limit'
  if (status === 503 || status === 529) return 'overloaded'
  return status >= 500 ? 'server-error' : 'caller-fault'
}
