import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { heliconeExport, openExporter, otlpExport, otlpHeaders } from '../../../src/log/index.ts'
import { until } from '../../support/router-pair.ts'
import { requestRecord } from '../../support/request-records.ts'
import { testClock } from '../../support/test-clock.ts'

interface Call {
  path: string
  headers: IncomingHttpHeaders
  body: unknown
}

/** A receiver that answers as it is told. */
async function receiver(answer: (response: ServerResponse) => void) {
  const calls: Call[] = []
  const state = { answer }
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      calls.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) as unknown })
      state.answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, state }
}
const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end('{}')

const record = requestRecord('2026-11-20T12:00:00.500Z', {
  id: '01234567-89ab-4cde-8f01-23456789abcd',
  stream: true,
  firstTokenMs: 120,
  durationMs: 500,
  costUsd: 0.00125,
  cacheReadTokens: 70,
  cacheWriteTokens: 0,
  promptCacheSavedUsd: 0.0005,
  guardrail: 'truncated;limit=tokens-in',
  text: { request: 'canary question', answer: 'canary answer' },
})

describe('OpenTelemetry', () => {
  const send = (endpoint: string) =>
    otlpExport({ endpoint, headers: { authorization: 'Basic x' }, version: '1.2.3', timeoutMs: 1000 })

  it('gets a span by the GenAI conventions, in JSON, where OTLP takes traces', async () => {
    const { url, calls } = await receiver(status(200))
    expect(await send(`${url}/api/public/otel/`)([record])).toEqual({ state: 'taken' })
    const [call] = calls
    expect(call).toMatchObject({
      path: '/api/public/otel/v1/traces',
      headers: { authorization: 'Basic x', 'content-type': 'application/json' },
    })
    const body = call?.body as { resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[] }
    const span = body.resourceSpans[0]!.scopeSpans[0]!.spans[0]!
    expect(span).toMatchObject({
      traceId: '0123456789ab4cde8f0123456789abcd',
      spanId: '0123456789ab4cde',
      name: 'chat gpt-4o-mini',
      kind: 3,
      startTimeUnixNano: '1795176000000000000',
      endTimeUnixNano: '1795176000500000000',
    })
    expect(span).not.toHaveProperty('status')
    const found = Object.fromEntries(
      (span['attributes'] as { key: string; value: unknown }[]).map(({ key, value }) => [key, value]),
    )
    expect(found).toMatchObject({
      'gen_ai.operation.name': { stringValue: 'chat' },
      'gen_ai.provider.name': { stringValue: 'one' },
      'gen_ai.request.model': { stringValue: 'gpt-4o-mini' },
      'gen_ai.response.model': { stringValue: 'gpt-4o-mini' },
      'gen_ai.usage.input_tokens': { intValue: '100' },
      'gen_ai.usage.output_tokens': { intValue: '20' },
      'gen_ai.usage.cost': { doubleValue: 0.00125 },
      'user.id': { stringValue: 'acme' },
      'gen_ai.usage.cache_read.input_tokens': { intValue: '70' },
      'gen_ai.usage.cache_creation.input_tokens': { intValue: '0' },
      'gameday.prompt_cache.saved_usd': { doubleValue: 0.0005 },
      'gameday.guardrail': { stringValue: 'truncated;limit=tokens-in' },
      'gameday.feature': { stringValue: 'search' },
      'langfuse.observation.completion_start_time': { stringValue: '2026-11-20T12:00:00.120Z' },
    })
  })

  it('gets a failure as an error, and no attribute for what is not known', async () => {
    const { url, calls } = await receiver(status(200))
    await send(url)([
      requestRecord(0, { outcome: 'failed', class: 'overloaded', costUsd: null, tenant: null }),
    ])
    const text = JSON.stringify(calls[0]?.body)
    expect(text).toContain('"status":{"code":2,"message":"overloaded"}')
    expect(text).toContain('{"key":"error.type","value":{"stringValue":"overloaded"}}')
    expect(text).not.toMatch(/usage\.cost|user\.id|response\.model|guardrail|cache|null/)
  })

  it('is told what the cache served in the place of a provider, and over which limit', async () => {
    const { url, calls } = await receiver(status(200))
    const guardrail = 'cached;limit=cost'
    await send(url)([requestRecord(0, { role: 'cache', provider: null, model: null, guardrail, costUsd: 0 })])
    const text = JSON.stringify(calls[0]?.body)
    expect(text).toContain('{"key":"gameday.role","value":{"stringValue":"cache"}}')
    expect(text).toContain(`{"key":"gameday.guardrail","value":{"stringValue":"${guardrail}"}}`)
    expect(text).toContain('{"key":"gen_ai.usage.cost","value":{"intValue":"0"}}')
    expect(text).not.toMatch(/provider\.name|response\.model/)
  })

  it.each([
    ['one that rejects', status(400), { state: 'refused', why: 'it answered 400' }],
    ['one whose key is wrong', status(401), { state: 'refused', why: 'it answered 401' }],
    ['one that wants less', status(429), { state: 'later', why: 'it answered 429' }],
    ['one in trouble', status(503), { state: 'later', why: 'it answered 503' }],
    ['one that never answers', () => undefined, { state: 'later', why: 'no answer within 1 s' }],
    [
      'one that hangs up',
      (response: ServerResponse) => void response.destroy(),
      { state: 'later', why: 'it cannot be reached' },
    ],
  ])('is told apart: %s', async (_what, answer, expected) => {
    const { url } = await receiver(answer)
    expect(await send(url)([record])).toEqual(expected)
  })

  it('is not there: nothing that is said holds its address', async () => {
    expect(await send('http://127.0.0.1:1/SECRET')([record])).toEqual({
      state: 'later',
      why: 'it cannot be reached',
    })
  })

  it.each([
    [
      'Authorization=Basic%20abc%3D,x-langfuse-ingestion-version=4',
      { authorization: 'Basic abc=', 'x-langfuse-ingestion-version': '4' },
    ],
    ['Authorization=Basic abc==', { authorization: 'Basic abc==' }],
    ['a=100%', { a: '100%' }],
    ['', {}],
  ])('takes the headers of %j', (text, expected) => {
    expect(otlpHeaders(text)).toEqual(expected)
  })
})

describe('Helicone', () => {
  it('gets a request as its custom log takes it, with the key', async () => {
    const { url, calls } = await receiver(status(200))
    expect(await heliconeExport({ endpoint: `${url}/custom/v1/log`, key: 'k' })([record])).toEqual({
      state: 'taken',
    })
    expect(calls[0]).toMatchObject({
      path: '/custom/v1/log',
      headers: { authorization: 'Bearer k' },
      body: {
        providerRequest: {
          url: 'custom-model-nopath',
          json: { model: 'gpt-4o-mini', stream: true },
          meta: {
            'Helicone-User-Id': 'acme',
            'Helicone-Property-Feature': 'search',
            'Helicone-Property-Role': 'primary',
            'Helicone-Property-Guardrail': 'truncated;limit=tokens-in',
            'Helicone-Property-Cost-Usd': '0.00125',
          },
        },
        providerResponse: {
          status: 200,
          json: {
            usage: {
              prompt_tokens: 100,
              completion_tokens: 20,
              total_tokens: 120,
              prompt_tokens_details: { cached_tokens: 70 },
            },
          },
        },
        timing: {
          startTime: { seconds: 1_795_176_000, milliseconds: 0 },
          endTime: { seconds: 1_795_176_000, milliseconds: 500 },
          timeToFirstToken: 120,
        },
      },
    })
  })
})

describe('an exporter', () => {
  it('holds nobody up while its receiver is down, counts what it drops, and goes on afterwards', async () => {
    const { url, calls, state } = await receiver(status(503))
    const said: string[] = []
    const clock = testClock()
    const exporter = openExporter({
      name: 'OTLP',
      batch: 200,
      clock,
      say: (text) => said.push(text),
      send: otlpExport({ endpoint: url, headers: {}, version: '1' }),
    })
    const before = systemClock.now()
    for (let index = 0; index < 5000; index++) exporter.add(record)
    // Generous: it is some microseconds for each.
    expect(systemClock.now() - before).toBeLessThan(1000)
    expect(exporter.figures()).toEqual({ taken: 0, lost: 3000 })
    await clock.advance(1000)
    await until(() => said.length > 0)
    state.answer = status(200)
    await clock.advance(5000)
    await until(() => exporter.figures().taken === 2000)
    expect(said).toEqual([
      'OTLP takes no requests: it answered 503; they are answered and logged all the same',
      'OTLP takes requests again; it missed 3000',
    ])
    expect(calls).toHaveLength(11)
    await exporter.close(0)
  })

  it.each([
    ['OpenTelemetry', (url: string) => otlpExport({ endpoint: url, headers: {}, version: '1' })],
    ['Helicone', (url: string) => heliconeExport({ endpoint: url, key: 'k' })],
  ])('sends no text, even where the log keeps it: %s', async (_name, make) => {
    const { url, calls } = await receiver(status(200))
    await make(url)([record])
    expect(JSON.stringify(calls)).not.toContain('canary')
  })
})
