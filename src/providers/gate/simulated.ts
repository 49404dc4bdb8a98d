import { getResponse } from 'msw'
import type { Clock, ProviderRole } from '../../base/index.ts'
import type { SimulatedProviderConfig } from '../../config/index.ts'
import { madeBy, usageOf, type Generation } from '../simulated/generation.ts'
import { ARRIVED_HEADER, LONGER_HEADER, simulated, TAG_HEADER } from '../simulated/provider.ts'
import type { Answerer } from './answerer.ts'
import { cachedIn, noteRequest } from './attempt.ts'
import { LARGEST_BODY, readBody } from './body.ts'
import { deliver } from './deliver.ts'
import { holdBack, noteNothingBilled, sendError, timesOf, type Exchange } from './exchange.ts'

/** Any address will do: the definition answers for every host. */
const ORIGIN = 'http://simulated.invalid'

/** Answers as the simulated provider: the same definition that unit tests use, through the gate's socket. */
export function simulatedAnswerer(
  role: ProviderRole,
  provider: SimulatedProviderConfig,
  { seed, clock }: { seed: number; clock: Clock },
): Answerer {
  const generations = new Map<string, Generation>()
  const handlers = simulated(provider.format, {
    ...provider,
    name: role,
    seed,
    clock,
    onGeneration: (generation) => generations.set(generation.tag, generation),
  })

  return {
    async answer(exchange) {
      const body = await readBody(exchange.body, LARGEST_BODY)
      if (body === null) return sendError(exchange, 'too-large')
      const { attempt, format, tag, req } = exchange
      if (attempt !== null) noteRequest(attempt, format, body)
      const askedAtMs = await lateStart(exchange)
      const request = new Request(`${ORIGIN}${req.url ?? '/'}`, {
        method: req.method ?? 'GET',
        headers: {
          'content-type': 'application/json',
          [TAG_HEADER]: tag,
          [ARRIVED_HEADER]: String(askedAtMs),
          [LONGER_HEADER]: String(timesOf(exchange, 'longer')),
          ...headersOf(exchange),
        },
        signal: exchange.signal,
        ...(req.method === 'POST' ? { body } : {}),
      })
      const response = await getResponse(handlers, request)
      if (response === undefined) {
        return sendError(exchange, 'unknown-url', { target: `${req.method} ${req.url}` })
      }
      await send(exchange, response)
    },

    settle({ tag, attempt, madeAtMost }) {
      const generation = generations.get(tag)
      // Whoever goes away before anything was made owes nothing.
      if (generation === undefined) return noteNothingBilled(attempt)
      if (attempt === null) return
      generations.delete(tag)
      const { inputTokens, ...cached } = usageOf(generation)
      Object.assign(attempt, { inputTokens }, cachedIn(cached))
      // A fault that cuts or stalls a stream is the provider's: it makes no more than what left.
      attempt.outputTokens = Math.min(madeBy(generation, clock.now()), madeAtMost ?? Infinity)
    },

    close: async () => {},
  }
}

/** Waits as long as a fault wants the provider to be asked late; it begins its work only then. */
async function lateStart(exchange: Exchange): Promise<number> {
  const { arrivedMs, clock, hits } = exchange
  if (!hits.some(({ effect }) => effect.headersLateMs !== undefined)) return arrivedMs
  await holdBack(exchange, 'headersLateMs')
  return clock.now()
}

async function send(exchange: Exchange, response: Response): Promise<void> {
  const { status, body } = response
  const headers = Object.fromEntries(response.headers)
  const stream = status === 200 && headers['content-type']?.startsWith('text/event-stream')
  await deliver(exchange, {
    status,
    headers,
    body: stream && body !== null ? piecesOf(body, exchange.signal) : await response.text(),
    readAlong: status >= 400,
  })
}

/** What the caller has said in the headers of the format's own, and its key, by which prompts are cached. */
function headersOf({ req, format }: Exchange): Record<string, string> {
  const keys = [format.keyHeader, ...format.otherKeyHeaders].map(({ name }) => name)
  return Object.fromEntries(
    [...format.ownHeaders, ...keys].flatMap((name) => {
      const value = req.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

/** Reads a stream until its end, or until the caller goes away: then it is cancelled at once and makes no more tokens. */
async function* piecesOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  const cancel = () => void reader.cancel(signal.reason)
  signal.addEventListener('abort', cancel)
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    signal.removeEventListener('abort', cancel)
    await reader.cancel()
  }
}
