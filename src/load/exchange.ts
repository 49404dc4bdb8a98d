import type { Dispatcher } from 'undici'
import { InternalError, messageOf, systemCode, type Clock } from '../base/index.ts'
import type { WireFormat } from '../wire/index.ts'
import { streamAnswer, wholeAnswer, type AnswerReader } from './answer.ts'
import { claimedBy } from './claimed-by.ts'
import type { Ending } from './judge.ts'
import type { ChatRequest } from './request.ts'

/** Most bytes of a plain answer or an error, and of a whole stream, before the client stops reading. */
const LARGEST_BODY = 4 * 1024 * 1024
const LARGEST_STREAM = 16 * 1024 * 1024

/** This machine's own limits of open files, ports and memory: the request never left. */
const OUT_OF_SOCKETS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'])

/** What happened on the wire, in the clock's own milliseconds. */
export interface Exchange {
  ending: Ending
  startedMs: number
  headersMs: number | null
  firstTokenMs: number | null
  endMs: number
  status: number | null
  claimedBy: string | null
  /** What was read of the answer; null if no headers came. */
  answer: AnswerReader | null
}

export interface ExchangeOptions {
  format: WireFormat
  /** Whether the request asks for a stream. */
  stream: boolean
  /** From the actual start to giving up. */
  timeoutMs: number
  clock: Clock
  dispatcher: Dispatcher
}

export interface Underway {
  startedMs: number
  /** Rejects for a fault of gameday itself alone. */
  done: Promise<Exchange>
  /** Ends the exchange as if its limit had been reached. */
  giveUp: () => void
}

/**
 * Sends one request and stamps what comes back.
 *
 * It hands undici a handler instead of calling `undici.request`: the stamps are taken in the parser's own callbacks, no
 * stream object stands between, and the limit holds while a connection is still being made (`request` notices an
 * aborted signal only once it is connected, which behind a black hole is never).
 */
export function exchange(request: ChatRequest, options: ExchangeOptions): Underway {
  const { clock, dispatcher } = options
  const { promise, resolve, reject } = settleable<Exchange>()
  const seen: Omit<Exchange, 'ending' | 'endMs'> = {
    startedMs: clock.now(),
    headersMs: null,
    firstTokenMs: null,
    status: null,
    claimedBy: null,
    answer: null,
  }
  let completeMs: number | null = null
  let bytes = 0
  let controller: Dispatcher.DispatchController | null = null
  let isOver = false

  const over = () => {
    isOver = true
    clearTimeout(limit)
  }
  const end = (ending: Ending) => {
    if (isOver) return
    over()
    resolve({ ...seen, ending, endMs: completeMs ?? clock.now() })
    if (ending === 'limit' || ending === 'too-big')
      controller?.abort(new Error(`gameday stopped reading: ${ending}`))
  }
  const fault = (error: unknown) => {
    if (isOver) return
    over()
    reject(
      new InternalError(`the load generator could not judge an answer: ${messageOf(error)}`, {
        cause: error,
      }),
    )
    controller?.abort(new Error('gameday failed'))
  }
  const limit = setTimeout(() => end('limit'), options.timeoutMs)

  dispatcher.dispatch(
    { ...request, method: 'POST', headersTimeout: 0, bodyTimeout: 0 },
    {
      onRequestStart: (started) => {
        controller = started
        // It was given up while its connection was being made: it must not be sent now.
        if (isOver) started.abort(new Error('gameday gave up before the connection was made'))
      },
      onResponseStart: (_, status, headers) => {
        if (isOver || status < 200) return
        seen.headersMs = clock.now()
        seen.status = status
        seen.claimedBy = claimedBy(headers)
        const asStream = options.stream && status === 200 && !isJson(headers['content-type'])
        seen.answer = asStream
          ? streamAnswer(options.format)
          : wholeAnswer(options.format, status, options.stream)
      },
      onResponseData: (_, chunk) => {
        const { answer } = seen
        if (isOver || answer === null || completeMs !== null) return
        const nowMs = clock.now()
        try {
          answer.push(chunk)
          if (seen.firstTokenMs === null && answer.hasContent()) seen.firstTokenMs = nowMs
          if (answer.isComplete()) completeMs = nowMs
        } catch (error) {
          return fault(error)
        }
        bytes += chunk.length
        if (bytes > (options.stream && seen.status === 200 ? LARGEST_STREAM : LARGEST_BODY)) end('too-big')
      },
      onResponseEnd: () => end('whole'),
      onResponseError: (_, error) => {
        if (systemCode(error) === 'UND_ERR_INVALID_ARG') return fault(error)
        const unsent = seen.headersMs === null && OUT_OF_SOCKETS.has(systemCode(error) ?? '')
        end(unsent ? 'unsent' : 'cut')
      },
    },
  )
  return { startedMs: seen.startedMs, done: promise, giveUp: () => end('limit') }
}

const isJson = (contentType: string | string[] | undefined) =>
  /^application\/json\b/i.test(String(contentType ?? ''))

function settleable<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
