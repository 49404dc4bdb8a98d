import type { StreamFacts, StreamVerdict, WireError } from '../format.ts'
import { emptyAnswer } from './answer.ts'

/**
 * Says what an ended stream amounts to. A marker without a finish reason is a truncation that some router has closed
 * politely; a finish reason without the marker is an answer all the same.
 */
export function judgeStream(facts: Readonly<StreamFacts>, failure: WireError | null): StreamVerdict {
  if (failure !== null) return { ok: false, error: failure }
  if (!facts.content) return { ok: false, error: emptyAnswer(facts.finishReason) }
  if (facts.finishReason !== null) return { ok: true, missingMarker: !facts.done }
  const message = facts.done ? 'the stream ended without a finish reason' : 'the stream broke off'
  return { ok: false, error: { class: 'truncated', code: null, message } }
}
