import type { RequestRecord } from '../../record/index.ts'

/**
 * Requests that are alike in all labels, summed up until somebody reads the metrics. prom-client checks, sorts and joins
 * the labels at every call; eight calls a request were a sixth of the router's own time at full load.
 */
export interface Series {
  /** In what they are alike. */
  record: Pick<RequestRecord, 'role' | 'outcome' | 'class' | 'chosen' | 'guardrail'>
  labels: {
    who: { role: string; provider: string }
    duration: { role: string; provider: string; stream: string; outcome: string }
  }
  sums: Sums
}

/** What is added up of them. */
export interface Sums {
  requests: number
  inputTokens: number
  outputTokens: number
  cacheReadTokens: number
  cacheWriteTokens: number
  promptCacheSavedUsd: number
  promptCacheLostUsd: number
  costUsd: number
  /** Of how many of them nobody knows the cost. */
  costUnknown: number
}

/** Begins a series with the labels of its first request. */
export function seriesOf(record: RequestRecord): Series {
  const { role, outcome, class: failureClass, chosen, guardrail } = record
  const who = { role: role ?? 'none', provider: record.provider ?? 'none' }
  return {
    // Not the record itself, which may hold the request's text.
    record: { role, outcome, class: failureClass, chosen, guardrail },
    labels: { who, duration: { ...who, stream: String(record.stream), outcome } },
    sums: {
      requests: 0,
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      promptCacheSavedUsd: 0,
      promptCacheLostUsd: 0,
      costUsd: 0,
      costUnknown: 0,
    },
  }
}

/** Adds one request. What is not known of it adds nothing. */
export function add(sums: Sums, record: RequestRecord): void {
  const saved = record.promptCacheSavedUsd ?? 0
  sums.requests += 1
  sums.inputTokens += record.inputTokens ?? 0
  sums.outputTokens += record.outputTokens ?? 0
  sums.cacheReadTokens += record.cacheReadTokens ?? 0
  sums.cacheWriteTokens += record.cacheWriteTokens ?? 0
  sums.promptCacheSavedUsd += Math.max(0, saved)
  sums.promptCacheLostUsd += Math.max(0, -saved)
  sums.costUsd += record.costUsd ?? 0
  sums.costUnknown += record.costUsd === null ? 1 : 0
}
