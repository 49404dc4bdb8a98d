import { getResponse } from 'msw'
import type { Clock, ProviderRole } from '../../base/index.ts'
import type { SimulatedProviderConfig } from '../../config/index.ts'
import { madeBy, type Generation } from '../simulated/generation.ts'
import { ARRIVED_HEADER, simulatedOpenai, TAG_HEADER } from '../simulated/openai.ts'
import type { Answerer } from './answerer.ts'
import { noteRequest } from './attempt.ts'
import { LARGEST_BODY, pourBody, readBody } from './body.ts'
import { holdBack, noteFailure, noteNothingBilled, sendError, sendWhole, type Exchange } from './exchange.ts'

/** Any address will do: the definition answers for every host. */
const ORIGIN = 'http://simulated.invalid'

/** Answers as the simulated provider: the same definition that unit tests use, through the gate's socket. */
export function simulatedAnswerer(
  role: ProviderRole,
  provider: SimulatedProviderConfig,
  { seed, clock }: { seed: number; clock: Clock },
): Answerer {
  const generations = new Map<string, Generation>()
  const handlers = simulatedOpenai({
    ...provider,
    name: role,
    seed,
    clock,
    onGeneration: (generation) => generations.set(generation.tag, generation),
  })

  return {
    async answer(exchange) {
      const body = await readBody(exchange.req, LARGEST_BODY)
      if (body === null) return sendError(exchange, 'too-large')
      const { attempt, format, tag, req } = exchange
      if (attempt !== null) noteRequest(attempt, format, body)
      const request = new Request(`${ORIGIN}${req.url ?? '/'}`, {
        method: req.method ?? 'GET',
        headers: {
          'content-type': 'application/json',
          [TAG_HEADER]: tag,
          [ARRIVED_HEADER]: String(exchange.arrivedMs),
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

    settle({ tag, attempt }) {
      const generation = generations.get(tag)
      // Whoever goes away before anything was made owes nothing.
      if (generation === undefined) return noteNothingBilled(attempt)
      if (attempt === null) return
      generations.delete(tag)
      attempt.inputTokens = generation.inputTokens
      attempt.outputTokens = madeBy(generation, clock.now())
    },

    close: async () => {},
  }
}

async function send(exchange: Exchange, response: Response): Promise<void> {
  const { res, attempt, format } = exchange
  const headers = Object.fromEntries(response.headers)
  if (
    response.status === 200 &&
    headers['content-type']?.startsWith('text/event-stream') &&
    response.body !== null
  ) {
    if (attempt !== null) attempt.status = 200
    res.writeHead(200, headers)
    res.flushHeaders()
    return pourBody(exchange, piecesOf(response.body, exchange.signal))
  }
  const body = await response.text()
  if (response.status >= 400) {
    noteFailure(attempt, format.classify(response.status, body))
    noteNothingBilled(attempt)
  } else {
    await holdBack(exchange)
  }
  sendWhole(exchange, response.status, headers, body)
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
