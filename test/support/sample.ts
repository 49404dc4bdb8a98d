import type { Attempt, Sample } from '../../src/record/index.ts'

/** A good plain answer of the primary, 200 ms after it was asked for; `changes` say what is different. */
export function sample(changes: Partial<Sample> = {}): Sample {
  const startedMs = changes.startedMs ?? changes.intendedMs ?? 1000
  return {
    id: 'm1',
    lane: 'main',
    phase: 'baseline',
    tenant: 'acme',
    feature: 'chat',
    model: 'gpt-4o-mini',
    stream: false,
    intendedMs: 1000,
    startedMs,
    headersMs: (startedMs ?? 0) + 190,
    firstTokenMs: (startedMs ?? 0) + 200,
    endMs: (startedMs ?? 0) + 200,
    outcome: 'ok',
    class: null,
    status: 200,
    tag: 'chatcmpl-1',
    claimedBy: 'primary',
    servedBy: 'primary',
    attempts: 1,
    inputTokens: 20,
    outputTokens: 10,
    costUsd: 0.001,
    missingMarker: false,
    ...changes,
  }
}

/** The primary's attempt that served the sample above. */
export function attempt(changes: Partial<Attempt> = {}): Attempt {
  const startMs = changes.startMs ?? 1005
  return {
    requestId: 'm1',
    runTag: 'abc123',
    lane: 'main',
    tag: 'chatcmpl-1',
    provider: 'primary',
    key: 'sk-g…4f2a',
    model: 'gpt-4o-mini',
    startMs,
    firstByteMs: startMs + 180,
    endMs: startMs + 190,
    status: 200,
    failure: null,
    code: null,
    fault: null,
    inputTokens: 20,
    outputTokens: 10,
    costUsd: 0.001,
    hungUp: false,
    ...changes,
  }
}
