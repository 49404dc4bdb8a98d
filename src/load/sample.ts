import type { Lane } from '../base/index.ts'
import type { Exchange } from './exchange.ts'
import { judge } from './judge.ts'
import type { Question } from './mix.ts'
import type { LoadSample } from './types.ts'

/** What is known of a request before it is sent. */
export interface Asked {
  id: string
  lane: Lane
  model: string
  question: Question
  /** Milliseconds from the drill's start. */
  intendedMs: number
}

/** Writes the sample of a request that was sent, or for which no socket was to be had. */
export function sampleOf(asked: Asked, seen: Exchange, epochMs: number): LoadSample {
  const { outcome, class: reason, missingMarker } = judge(seen.ending, seen.status, seen.answer)
  if (outcome === 'dropped') return droppedSample(asked)
  const said = seen.answer?.said()
  const endMs = seen.endMs - epochMs
  // A plain answer brings its first content with its last byte.
  const firstTokenMs = seen.firstTokenMs === null ? null : seen.firstTokenMs - epochMs
  const plain = outcome === 'ok' && !asked.question.stream
  return {
    ...droppedSample(asked),
    startedMs: seen.startedMs - epochMs,
    headersMs: seen.headersMs === null ? null : seen.headersMs - epochMs,
    firstTokenMs: plain ? endMs : firstTokenMs,
    endMs,
    outcome,
    class: reason,
    status: seen.status,
    tag: said?.tag ?? null,
    claimedBy: seen.claimedBy,
    inputTokens: said?.inputTokens ?? null,
    outputTokens: said?.outputTokens ?? null,
    missingMarker,
  }
}

/** Writes the sample of a request that was due and never left. */
export function droppedSample({ id, lane, model, question, intendedMs }: Asked): LoadSample {
  return {
    id,
    lane,
    tenant: question.prompt.tenant,
    feature: question.prompt.feature,
    model,
    stream: question.stream,
    intendedMs,
    startedMs: null,
    headersMs: null,
    firstTokenMs: null,
    endMs: null,
    outcome: 'dropped',
    class: null,
    status: null,
    tag: null,
    claimedBy: null,
    inputTokens: null,
    outputTokens: null,
    missingMarker: false,
  }
}
