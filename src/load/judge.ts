import type { FailureClass, Outcome } from '../base/index.ts'
import type { AnswerReader } from './answer.ts'

/** How an exchange over the wire came to its end. */
export type Ending =
  | 'whole' // the server ended its answer
  | 'cut' // refused, reset or closed before that
  | 'limit' // the client gave up
  | 'too-big' // the client stopped reading
  | 'unsent' // this machine had no socket for it

export interface Judgement {
  outcome: Outcome
  class: FailureClass | null
  missingMarker: boolean
}

/**
 * Judges one request as its caller saw it. `status` and `answer` are null if no headers came.
 *
 * A timeout is the client's own limit alone: it is indeterminate, for the provider may have billed it. A server that
 * answers "timed out" has failed.
 */
export function judge(ending: Ending, status: number | null, answer: AnswerReader | null): Judgement {
  if (ending === 'unsent') return { outcome: 'dropped', class: null, missingMarker: false }
  // After the terminal marker nothing can spoil the answer any more: not a reset, not a connection left open.
  const complete = answer?.isComplete() ?? false
  if (ending === 'limit' && !complete) return failed('timeout', 'timeout')
  if (answer === null) return failed('connection')
  if (ending === 'too-big' && status === 200 && !complete) return failed('malformed')
  const verdict = answer.verdict(ending === 'whole')
  if (verdict.ok) return { outcome: 'ok', class: null, missingMarker: verdict.missingMarker }
  return failed(verdict.class, verdict.isTruncated ? 'truncated' : 'failed')
}

const failed = (reason: FailureClass, outcome: Outcome = 'failed'): Judgement => ({
  outcome,
  class: reason,
  missingMarker: false,
})
