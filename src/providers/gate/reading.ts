import type { AnswerFacts, WireError } from '../../wire/index.ts'
import { LARGEST_BODY } from './body.ts'
import { cachedIn } from './attempt.ts'
import { noteFailure, noteNothingBilled, type Exchange } from './exchange.ts'

/** Reads along while a real provider's answer passes. */
export interface Reading {
  push(piece: Uint8Array): void
  /** The answer is complete. */
  end(): void
  /** It broke off, on either side. */
  broken(): void
}

/** Reads an answer along and notes in the attempt its tag, its tokens, its model and what it amounts to. */
export function reading(exchange: Exchange, status: number, stream: boolean): Reading {
  return stream && status === 200 ? readingStream(exchange) : readingWhole(exchange, status)
}

function readingStream({ attempt, format, signal }: Exchange): Reading {
  const reader = format.streamReader()
  return {
    push: (piece) => {
      reader.push(piece)
      if (attempt !== null && reader.facts.id !== null) attempt.tag = reader.facts.id
    },
    end: () => {
      const verdict = reader.end()
      noteFacts(attempt, reader.facts)
      if (!verdict.ok) noteFailure(attempt, verdict.error)
    },
    broken: () => {
      noteFacts(attempt, reader.facts)
      noteBreak(attempt, signal)
    },
  }
}

function readingWhole({ attempt, format, signal }: Exchange, status: number): Reading {
  const pieces: Uint8Array[] = []
  let size = 0
  return {
    push: (piece) => {
      size += piece.length
      if (attempt !== null && size <= LARGEST_BODY) pieces.push(piece)
    },
    end: () => {
      if (attempt === null) return
      const text = Buffer.concat(pieces).toString('utf8')
      if (status !== 200) {
        noteNothingBilled(attempt)
        return noteFailure(attempt, format.classify(status, text))
      }
      const answer = format.readAnswer(text)
      if (answer.ok) noteFacts(attempt, answer.facts)
      else noteFailure(attempt, answer.error)
    },
    broken: () => noteBreak(attempt, signal),
  }
}

type Noted = Exchange['attempt']

/** A real provider's tag is its answer's own `id`, whatever its text says. */
function noteFacts(attempt: Noted, { id, inputTokens, outputTokens, ...facts }: AnswerFacts): void {
  if (attempt === null) return
  attempt.tag = id ?? attempt.tag
  Object.assign(attempt, { inputTokens, outputTokens }, cachedIn(facts))
}

/** A break that is not the caller's is the upstream's. */
function noteBreak(attempt: Noted, signal: AbortSignal): void {
  const error: WireError = { class: 'connection', code: 'upstream_broke_off', message: '' }
  if (!signal.aborted) noteFailure(attempt, error)
}
