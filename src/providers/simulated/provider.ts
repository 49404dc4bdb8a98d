import { http, HttpResponse, type HttpHandler } from 'msw'
import type { Clock, FormatId } from '../../base/index.ts'
import { keyIn, type AnswerHead, type ErrorDetails, type ErrorKind } from '../../wire/index.ts'
import { isRefusal, type Asked } from './asked.ts'
import { DIALECTS } from './dialect.ts'
import { generator, usageOf, type Generation, type Pace } from './generation.ts'
import { lastDue, streamOf, waitUntil } from './pour.ts'
import { PromptCache } from './prompt-cache.ts'
import { requestIdOf, tagger } from './tag.ts'

export interface SimulatedOptions extends Pace {
  /** Tells several providers of one seed apart. */
  name: string
  /** The one model that it has, */
  model: string
  /** and the cheaper one that a guardrail may ask for. */
  cheaper?: { model: string }
  seed: number
  clock: Clock
  /** Where it lives; any host unless given. */
  baseUrl?: string
  /** Told of every answer when it is begun: what it will be, and when. */
  onGeneration?: (generation: Generation) => void
}

/**
 * The headers with which the gate, in the same process, gives an answer its tag and says when the request arrived, so
 * that what the gate itself takes counts as part of the delay drawn and not on top of it. They never come from a client.
 */
export const TAG_HEADER = 'x-gameday-tag'
export const ARRIVED_HEADER = 'x-gameday-arrived-ms'
/** How many times as long as usual the answer is to be. */
export const LONGER_HEADER = 'x-gameday-longer'

/**
 * A simulated provider of a format: the one definition that unit tests hand to `setupServer` and that the gate serves on a socket. It
 * checks no key; that is the gate's. Nothing of a prompt comes back in an answer.
 */
export function simulated(formatId: FormatId, options: SimulatedOptions): HttpHandler[] {
  const { name, seed, clock, baseUrl = '*/v1', onGeneration } = options
  const models = [options.model, ...(options.cheaper === undefined ? [] : [options.cheaper.model])]
  const dialect = DIALECTS[formatId]
  const { format } = dialect
  const generate = generator(options, seed, name)
  const nextTag = tagger(seed, name, format.idPrefix)
  const promptCache = new PromptCache(clock)

  return [
    http.post(`${baseUrl}${format.chatPath}`, async ({ request }) => {
      const startMs = Number(request.headers.get(ARRIVED_HEADER) ?? clock.now())
      const tag = request.headers.get(TAG_HEADER) ?? nextTag()
      const asked = dialect.readAsked(await request.text(), request.headers)
      if (isRefusal(asked)) return refuse(asked.refusal, tag, asked)
      if (!models.includes(asked.model)) return refuse('model-not-found', tag, asked)
      const longer = Number(request.headers.get(LONGER_HEADER) ?? 1)
      const { model, inputTokens, prefix } = asked
      const cached = promptCache.use(keyIn(Object.fromEntries(request.headers), format) ?? '', model, prefix)
      const generation = generate({ tag, model, startMs, inputTokens, ...cached }, longer)
      onGeneration?.(generation)
      return answer(generation, asked, request.signal)
    }),

    http.get(`${baseUrl}/models`, () => json(dialect.models(models), requestIdOf(nextTag()))),
  ]

  async function answer(generation: Generation, asked: Asked, signal: AbortSignal): Promise<Response> {
    const { tag, tokens } = generation
    const usage = { ...usageOf(generation), outputTokens: tokens.length }
    const created = Math.floor(clock.wall().getTime() / 1000)
    const head: AnswerHead = { id: tag, created, model: asked.model }
    if (!asked.stream) {
      await waitUntil(clock, generation.startMs + lastDue(generation), signal)
      return json(dialect.whole(head, tokens.join(''), usage), requestIdOf(tag))
    }
    return new HttpResponse(
      streamOf(generation, { chunks: dialect.chunks(head, { ...asked, ...usage }), clock }),
      {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache',
          ...dialect.headers(requestIdOf(tag), clock.wall()),
        },
      },
    )
  }

  function refuse(kind: ErrorKind, tag: string, about: Partial<ErrorDetails>): Response {
    const { status, headers, body } = format.errorAnswer(kind, { ...about, requestId: requestIdOf(tag) })
    return new HttpResponse(body, { status, headers })
  }

  function json(body: string, requestId: string): Response {
    const headers = { 'content-type': 'application/json', ...dialect.headers(requestId, clock.wall()) }
    return new HttpResponse(body, { headers })
  }
}
