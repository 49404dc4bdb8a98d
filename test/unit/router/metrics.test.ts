import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/router/index.ts'
import type { RequestRecord } from '../../../src/record/index.ts'
import { requestRecord } from '../../support/request-records.ts'
import { startPair } from '../../support/router-pair.ts'
import { refuses } from '../../support/router-upstream.ts'

async function metricsOf(deliveries: () => { to: string; taken: number; lost: number }[] = () => []) {
  let pair: Awaited<ReturnType<typeof startPair>> | null = null
  const metrics = await createMetrics({
    version: '1.2.3',
    state: () => pair!.router.state(),
    deliveries,
    isReloaded: () => false,
  })
  const serve = async (options: Parameters<typeof startPair>[0]) => (pair = await startPair(options))
  const read = async () => new Map((await metrics.page()).text.split('\n').flatMap(valueOf))
  return { metrics, serve, read }
}

const valueOf = (line: string): [string, number][] => {
  const [, name, value] = /^([a-z]\S*(?:\{.*\})?) (\S+)$/.exec(line) ?? []
  return name === undefined ? [] : [[name, Number(value)]]
}

describe('the metrics of a router', () => {
  it('count requests and attempts by provider and class, and show circuits and what is in flight', async () => {
    const { metrics, serve, read } = await metricsOf(() => [{ to: 'log', taken: 5, lost: 2 }])
    const pair = await serve({ primary: refuses('invalid-api-key'), config: { cache: { mode: 'on-hit' } } })
    await pair.ask({ headers: { 'x-gameday-tenant': 'canary-tenant' } })
    await pair.ask({ stream: true })
    for (const one of pair.records) metrics.onRequest(one)
    for (const one of pair.attempts) metrics.onAttempt(one)
    for (const one of pair.events) metrics.onEvent(one)
    const values = await read()
    const by = (name: string) => values.get(`gameday_router_${name}`)
    const secondary = 'role="secondary",provider="test-secondary"'
    expect(by(`requests_total{${secondary},outcome="ok",class="none"}`)).toBe(2)
    expect(by('attempts_total{role="primary",provider="test-primary",result="credential"}')).toBe(1)
    expect(by(`attempts_total{${secondary},result="ok"}`)).toBe(2)
    expect([
      by('choices_total{role="secondary",chosen="failover"}'),
      by('choices_total{role="secondary",chosen="circuit"}'),
    ]).toEqual([1, 1])
    expect(by(`first_token_seconds_count{${secondary}}`)).toBe(1)
    expect(by(`request_duration_seconds_bucket{le="2.5",${secondary},stream="true",outcome="ok"}`)).toBe(1)
    expect(by(`tokens_total{${secondary},direction="input"}`)).toBe(2000)
    expect(by(`cost_usd_total{${secondary}}`)).toBeCloseTo(0.004, 10)
    expect(by('circuit_state{role="primary",provider="test-primary",state="open"}')).toBe(1)
    expect(by(`circuit_state{${secondary},state="open"}`)).toBe(0)
    expect(by('circuit_changes_total{role="primary",state="open"}')).toBe(1)
    expect(by('requests_in_flight')).toBe(0)
    expect(by('cache_misses_total')).toBe(2)
    expect(by('cache_hit_ratio')).toBe(0)
    expect(by('records_lost_total{to="log"}')).toBe(2)
    expect(by('settings_last_reload_successful')).toBe(0)
    expect(by('bypassed')).toBe(0)
    expect(by('info{version="1.2.3",settings_sha256="none"}')).toBe(1)
    expect(values.get('process_resident_memory_bytes')).toBeGreaterThan(0)
    expect([...values.keys()].join('\n')).not.toMatch(/canary|gpt-4o/)
  })

  it('do not count what is read at every reading', async () => {
    const { serve, read } = await metricsOf(() => [{ to: 'log', taken: 5, lost: 2 }])
    await serve({})
    await read()
    const values = await read()
    expect(values.get('gameday_router_records_delivered_total{to="log"}')).toBe(5)
    expect(values.get('gameday_router_cache_hit_ratio')).toBeNaN()
  })

  it.each<[string, Partial<RequestRecord>, string, number]>([
    [
      'what a vendor’s prompt cache saved',
      { cacheReadTokens: 70, promptCacheSavedUsd: 0.25 },
      'prompt_cache_saved_usd_total{role="primary",provider="openai"}',
      0.25,
    ],
    [
      'what it cost more than it saved',
      { cacheWriteTokens: 70, promptCacheSavedUsd: -0.25 },
      'prompt_cache_lost_usd_total{role="primary",provider="openai"}',
      0.25,
    ],
    [
      'the tokens that it read',
      { cacheReadTokens: 70, cacheWriteTokens: 9 },
      'prompt_cache_tokens_total{role="primary",provider="openai",direction="read"}',
      70,
    ],
    [
      'the tokens that were written there',
      { cacheReadTokens: 70, cacheWriteTokens: 9 },
      'prompt_cache_tokens_total{role="primary",provider="openai",direction="written"}',
      9,
    ],
    [
      'an unknown cost in no sum',
      { costUsd: null },
      'cost_unknown_requests_total{role="primary",provider="openai"}',
      1,
    ],
    [
      'nobody asked',
      { role: null, provider: null, outcome: 'failed', class: 'refused' },
      'requests_total{role="none",provider="none",outcome="failed",class="refused"}',
      1,
    ],
    [
      'the first of two deeds',
      { guardrail: 'truncated;limit=tokens-in, cheaper-model;limit=cost' },
      'guardrail_deeds_total{deed="truncated",limit="tokens-in"}',
      1,
    ],
    [
      'the second of two deeds',
      { guardrail: 'truncated;limit=tokens-in, cheaper-model;limit=cost' },
      'guardrail_deeds_total{deed="cheaper-model",limit="cost"}',
      1,
    ],
    [
      'a time over the last bound',
      { durationMs: 31_000 },
      'request_duration_seconds_bucket{le="30",role="primary",provider="openai",stream="false",outcome="ok"}',
      0,
    ],
  ])('tell %s', async (_name, record, name, value) => {
    const { metrics, serve, read } = await metricsOf()
    await serve({})
    metrics.onRequest(requestRecord(0, { role: 'primary', provider: 'openai', stream: false, ...record }))
    expect((await read()).get(`gameday_router_${name}`)).toBe(value)
  })
})
