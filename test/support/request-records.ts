import type { RequestRecord } from '../../src/record/index.ts'

let count = 0

/** A good request that was over at `endedAt` (ISO or milliseconds), unless told otherwise. */
export function requestRecord(endedAt: string | number, more: Partial<RequestRecord> = {}): RequestRecord {
  const durationMs = more.durationMs ?? 500
  return {
    id: `request-${++count}`,
    startedAt: new Date(new Date(endedAt).getTime() - durationMs).toISOString(),
    drill: null,
    tenant: 'acme',
    feature: 'search',
    stream: false,
    askedModel: 'gpt-4o-mini',
    role: 'primary',
    provider: 'one',
    model: 'gpt-4o-mini',
    attempts: 1,
    chosen: null,
    guardrail: null,
    outcome: 'ok',
    class: null,
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    costUsd: 0.001,
    promptCacheSavedUsd: 0,
    chargedUsd: null,
    firstTokenMs: null,
    durationMs,
    text: null,
    ...more,
  }
}
