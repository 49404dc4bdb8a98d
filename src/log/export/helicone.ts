import type { RequestRecord } from '../../record/index.ts'
import type { Delivery } from '../outbox.ts'
import { postJson } from './post.ts'

export interface HeliconeOptions {
  endpoint: string
  key: string
}

/** Makes what tells Helicone's custom log of requests, one call each: it takes no more at once. No text is in it. */
export function heliconeExport({ endpoint, key }: HeliconeOptions) {
  return async ([record]: readonly RequestRecord[]): Promise<Delivery> =>
    record === undefined
      ? { state: 'taken' }
      : postJson(endpoint, { authorization: `Bearer ${key}` }, logOf(record))
}

function logOf(record: RequestRecord) {
  const startedMs = Date.parse(record.startedAt)
  const { inputTokens, outputTokens } = record
  return {
    providerRequest: {
      url: 'custom-model-nopath',
      json: { model: record.askedModel ?? record.model ?? 'unknown', stream: record.stream, messages: [] },
      meta: meta({
        'Helicone-Request-Id': record.id,
        'Helicone-User-Id': record.tenant,
        'Helicone-Property-Tenant': record.tenant,
        'Helicone-Property-Feature': record.feature,
        'Helicone-Property-Provider': record.provider,
        'Helicone-Property-Role': record.role,
        'Helicone-Property-Guardrail': record.guardrail,
        'Helicone-Property-Outcome': record.outcome,
        'Helicone-Property-Class': record.class,
        'Helicone-Property-Attempts': String(record.attempts),
        'Helicone-Property-Chosen': record.chosen,
        'Helicone-Property-Cost-Usd': record.costUsd === null ? null : String(record.costUsd),
        'Helicone-Property-Drill': record.drill,
      }),
    },
    providerResponse: {
      status: record.outcome === 'ok' ? 200 : 500,
      headers: {},
      json: {
        model: record.model,
        ...(inputTokens === null || outputTokens === null
          ? {}
          : {
              usage: {
                prompt_tokens: inputTokens,
                completion_tokens: outputTokens,
                total_tokens: inputTokens + outputTokens,
                ...(record.cacheReadTokens === null
                  ? {}
                  : { prompt_tokens_details: { cached_tokens: record.cacheReadTokens } }),
              },
            }),
      },
    },
    timing: {
      startTime: moment(startedMs),
      endTime: moment(startedMs + record.durationMs),
      ...(record.firstTokenMs === null ? {} : { timeToFirstToken: Math.round(record.firstTokenMs) }),
    },
  }
}

const moment = (ms: number) => ({ seconds: Math.floor(ms / 1000), milliseconds: Math.floor(ms % 1000) })

function meta(values: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}
