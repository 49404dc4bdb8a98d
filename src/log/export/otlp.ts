import type { RequestRecord } from '../../record/index.ts'
import type { Delivery } from '../outbox.ts'
import { postJson } from './post.ts'

/**
 * OpenTelemetry spans over OTLP/HTTP as JSON, by the GenAI semantic conventions (v1.37 and later: `gen_ai.provider.name`
 * in the place of `gen_ai.system`), which Langfuse takes as they are. A span a request, of the kind CLIENT.
 */

const SPAN_KIND_CLIENT = 3
const STATUS_ERROR = 2
const NANOSECONDS = 1_000_000

export interface OtlpOptions {
  /** Without `/v1/traces`, as in OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string
  headers: Record<string, string>
  version: string
  /** Of one call; 5 s if left out. */
  timeoutMs?: number
}

/** Makes what sends requests as spans. They hold no text, whatever the log keeps. */
export function otlpExport({ endpoint, headers, version, timeoutMs }: OtlpOptions) {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  return (records: readonly RequestRecord[]): Promise<Delivery> =>
    postJson(
      url,
      headers,
      {
        resourceSpans: [
          {
            resource: {
              attributes: attributes({ 'service.name': 'gameday-router', 'service.version': version }),
            },
            scopeSpans: [{ scope: { name: 'gameday', version }, spans: records.map(spanOf) }],
          },
        ],
      },
      timeoutMs,
    )
}

/** Reads headers as OTEL_EXPORTER_OTLP_HEADERS holds them: `name=value,name=value`, values percent-encoded. */
export function otlpHeaders(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').flatMap((pair): [string, string][] => {
      const at = pair.indexOf('=')
      if (at < 1) return []
      return [[pair.slice(0, at).trim().toLowerCase(), decoded(pair.slice(at + 1).trim())]]
    }),
  )
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function spanOf(record: RequestRecord) {
  const startedMs = Date.parse(record.startedAt)
  const hex = record.id.replaceAll('-', '')
  const nano = (ms: number) => String(BigInt(Math.round(ms * 1000)) * BigInt(NANOSECONDS / 1000))
  return {
    traceId: hex,
    spanId: hex.slice(0, 16),
    name: record.askedModel === null ? 'chat' : `chat ${record.askedModel}`,
    kind: SPAN_KIND_CLIENT,
    startTimeUnixNano: nano(startedMs),
    endTimeUnixNano: nano(startedMs + record.durationMs),
    attributes: attributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': record.provider,
      'gen_ai.request.model': record.askedModel,
      'gen_ai.response.model': record.outcome === 'ok' ? record.model : null,
      'gen_ai.usage.input_tokens': record.inputTokens,
      'gen_ai.usage.output_tokens': record.outputTokens,
      'gen_ai.usage.cache_read.input_tokens': record.cacheReadTokens,
      'gen_ai.usage.cache_creation.input_tokens': record.cacheWriteTokens,
      'error.type': record.outcome === 'ok' ? null : (record.class ?? record.outcome),
      // Not of the conventions, but where Langfuse looks for them.
      'gen_ai.usage.cost': record.costUsd,
      'user.id': record.tenant,
      'langfuse.observation.completion_start_time':
        record.firstTokenMs === null ? null : new Date(startedMs + record.firstTokenMs).toISOString(),
      'gameday.feature': record.feature,
      'gameday.role': record.role,
      'gameday.attempts': record.attempts,
      'gameday.chosen': record.chosen,
      'gameday.outcome': record.outcome,
      'gameday.guardrail': record.guardrail,
      'gameday.prompt_cache.saved_usd': savedBy(record),
      'gameday.drill': record.drill,
    }),
    ...(record.outcome === 'ok'
      ? {}
      : { status: { code: STATUS_ERROR, message: record.class ?? record.outcome } }),
  }
}

/** What a prompt cache saved, of those that used one. */
function savedBy({ cacheReadTokens, cacheWriteTokens, promptCacheSavedUsd }: RequestRecord): number | null {
  return (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) === 0 ? null : promptCacheSavedUsd
}

/** What is not known has no attribute. */
function attributes(values: Record<string, string | number | null>) {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value: anyValue(value) }],
  )
}

function anyValue(value: string | number) {
  if (typeof value === 'string') return { stringValue: value }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}
