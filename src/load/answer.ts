import type { FailureClass } from '../base/index.ts'
import type { WireFormat } from '../wire/index.ts'

/** What was said in an answer, whatever became of the connection. */
export interface Said {
  tag: string | null
  inputTokens: number | null
  outputTokens: number | null
}

/** `isTruncated`: a stream ended cleanly in the middle, and neither an error event nor a broken connection said so. */
export type Verdict =
  { ok: true; missingMarker: boolean } | { ok: false; class: FailureClass; isTruncated: boolean }

/** Takes in an answer's body as it arrives. Keeps no more of it than judging needs. */
export interface AnswerReader {
  push: (chunk: Uint8Array) => void
  /** Whether some non-empty content has come: the first token. */
  hasContent: () => boolean
  /** Whether the caller has all it needs, though the connection may still be open. */
  isComplete: () => boolean
  /** Judges what has come. `ended` is false if the connection broke before the server ended its answer. */
  verdict: (ended: boolean) => Verdict
  said: () => Said
}

/** Reads an SSE stream. */
export function streamAnswer(format: WireFormat): AnswerReader {
  let isAnnounced = false
  const reader = format.streamReader((event) => {
    if (event.type === 'error') isAnnounced = true
  })
  const end = once(() => reader.end())
  return {
    push: (chunk) => reader.push(chunk),
    hasContent: () => reader.facts.content,
    isComplete: () => reader.facts.done,
    verdict: (ended) => {
      const verdict = end()
      if (verdict.ok) return verdict
      const { class: reason } = verdict.error
      const isTruncated = reason === 'truncated' && !isAnnounced
      // The connection broke after nothing, half an event, or half an answer: that is what failed, and its caller was told.
      if (!ended && (isTruncated || reason === 'empty' || reason === 'malformed')) return failed('connection')
      return { ok: false, class: reason, isTruncated }
    },
    said: () => {
      end()
      const { tag, inputTokens, outputTokens } = reader.facts
      return { tag, inputTokens, outputTokens }
    },
  }
}

/**
 * Reads a whole body: a plain answer, an error, or what came in place of a stream.
 *
 * A good plain answer to a question that asked for a stream is `malformed`: a client that iterates over events gets none.
 */
export function wholeAnswer(format: WireFormat, status: number, askedForStream: boolean): AnswerReader {
  const chunks: Uint8Array[] = []
  const text = () => Buffer.concat(chunks).toString('utf8')
  const read = once(() => format.readAnswer(text()))
  return {
    push: (chunk) => void chunks.push(chunk),
    hasContent: () => false,
    isComplete: () => false,
    verdict: (ended) => {
      // An error status says what went wrong, however much of its body came.
      if (status >= 400) return failed(format.classify(status, text()).class)
      if (!ended) return failed('connection')
      if (status !== 200) return failed('malformed')
      const answer = read()
      if (!answer.ok) return failed(answer.error.class)
      return askedForStream ? failed('malformed') : { ok: true, missingMarker: false }
    },
    said: () => {
      const answer = status === 200 ? read() : null
      if (answer?.ok !== true) return { tag: null, inputTokens: null, outputTokens: null }
      const { tag, inputTokens, outputTokens } = answer.facts
      return { tag, inputTokens, outputTokens }
    },
  }
}

const failed = (reason: FailureClass): Verdict => ({ ok: false, class: reason, isTruncated: false })

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => (made ??= { value: make() }).value
}
