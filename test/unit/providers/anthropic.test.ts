import Anthropic from '@anthropic-ai/sdk'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { maskKey, type FailureClass } from '../../../src/base/index.ts'
import type { ProviderConfig } from '../../../src/config/index.ts'
import { contextOf, type GateFaultSpec } from '../../../src/providers/index.ts'
import { anthropicFormat } from '../../../src/wire/index.ts'
import { message } from '../../support/router-anthropic.ts'
import { fastProvider, KEYS, testGate } from '../../support/providers-gate.ts'

type Shape = Extract<GateFaultSpec, { kind: 'revoke-key' }>['shape']

const MODEL = 'claude-haiku-4-5'
const PROMPT = 'Where is my order?\n[gd:r1:m7]'
const body = {
  model: MODEL,
  max_tokens: 100,
  system: 'Be brief.',
  messages: [{ role: 'user' as const, content: PROMPT }],
}

async function anthropicGate(
  primary: ProviderConfig = fastProvider({ format: 'anthropic', model: MODEL }),
  more = {},
) {
  const gate = await testGate({ providers: { primary, secondary: fastProvider() }, ...more })
  const url = gate.gate.urls.primary
  const client = (apiKey = KEYS.primary) =>
    new Anthropic({ baseURL: url.replace(/\/v1$/, ''), apiKey, maxRetries: 0 })
  return { ...gate, url, client }
}

/** What a caller makes of an answer. */
function judged(text: string, status: number, stream: boolean): FailureClass | 'ok' {
  if (status !== 200) return anthropicFormat.classify(status, text).class
  const reader = anthropicFormat.streamReader()
  if (stream) reader.push(Buffer.from(text))
  const verdict = stream ? reader.end() : anthropicFormat.readAnswer(text)
  return verdict.ok ? 'ok' : verdict.error.class
}

describe('an attempt at a simulated provider of Anthropic’s', () => {
  it.each([false, true])('is answered and recorded under the answer’s tag (stream: %s)', async (stream) => {
    const { client, recorded } = await anthropicGate()
    const messages = client().messages
    const answer = stream ? await messages.stream(body).finalMessage() : await messages.create(body)
    const [attempt] = await recorded(1)
    const [block] = answer.content
    expect(answer).toMatchObject({ id: attempt!.tag, stop_reason: 'end_turn', model: MODEL })
    expect(block?.type === 'text' && block.text.endsWith(`[by:${attempt!.tag}]`)).toBe(true)
    expect(answer.usage).toMatchObject({
      input_tokens: Math.ceil('Be brief.'.length / 4) + Math.ceil(PROMPT.length / 4),
      output_tokens: attempt!.outputTokens,
    })
    expect(attempt!.tag).toMatch(/^msg_/)
    expect(attempt).toMatchObject({
      requestId: 'm7',
      lane: 'main',
      key: maskKey(KEYS.primary),
      model: MODEL,
      status: 200,
      failure: null,
      inputTokens: answer.usage.input_tokens,
    })
    expect(attempt!.costUsd).toBeGreaterThan(0)
  })

  it.each<[Shape, number, FailureClass, string]>([
    ['invalid-api-key', 401, 'credential', 'invalid x-api-key'],
    ['account-deactivated', 400, 'credential', 'This organization is on hold.'],
    ['organization-disabled', 400, 'credential', 'This organization has been disabled.'],
    ['insufficient-quota', 400, 'quota', 'Your credit balance is too low to access the Anthropic API.'],
  ])('with a key revoked as %s is refused in the vendor’s words', async (shape, status, failure, words) => {
    const { client, control, recorded } = await anthropicGate()
    await control.apply({
      id: 'f1',
      provider: 'primary',
      fault: { kind: 'revoke-key', shape, spreadOver: 0 },
      capMs: 60_000,
    })
    const error: unknown = await client()
      .messages.create(body)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Anthropic.APIError)
    expect(error).toMatchObject({ status, message: expect.stringContaining(words) })
    expect((error as InstanceType<typeof Anthropic.APIError>).requestID).toMatch(/^req_/)
    expect((await recorded(1))[0]).toMatchObject({ requestId: 'm7', failure, fault: 'f1', costUsd: 0 })
  })

  it.each<[string, Record<string, string>, object, number, string]>([
    ['without a key', { 'anthropic-version': '2023-06-01' }, body, 401, 'x-api-key header is required'],
    [
      'with a wrong key',
      { 'x-api-key': 'sk-ant-wrong', 'anthropic-version': '2023-06-01' },
      body,
      401,
      'invalid x-api-key',
    ],
    [
      'with a wrong key as a bearer token, as its package sends it',
      { authorization: 'Bearer sk-ant-wrong' },
      body,
      401,
      'invalid x-api-key',
    ],
    ['without a version', { 'x-api-key': KEYS.primary }, body, 400, 'anthropic-version: Field required'],
    ['without a limit', {}, { ...body, max_tokens: undefined }, 400, 'max_tokens: Field required'],
    ['without messages', {}, { ...body, messages: [] }, 400, 'messages: Field required'],
    ['for another provider’s model', {}, { ...body, model: 'gpt-4o-mini' }, 404, 'model: gpt-4o-mini'],
  ])('%s is refused', async (_, headers, asked, status, words) => {
    const { url } = await anthropicGate()
    const good = { 'x-api-key': KEYS.primary, 'anthropic-version': '2023-06-01' }
    const answer = await request(`${url}/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(Object.keys(headers).length === 0 ? good : headers),
      },
      body: JSON.stringify(asked),
    })
    expect(answer.statusCode).toBe(status)
    expect(await answer.body.json()).toMatchObject({ type: 'error', error: { message: words } })
  })

  it.each<[GateFaultSpec, boolean, number, FailureClass]>([
    [{ kind: 'overloaded', share: 1 }, true, 529, 'overloaded'],
    [{ kind: 'rate-limited', retryAfter: 3000, share: 1 }, false, 429, 'rate-limit'],
    [{ kind: 'quota-exhausted', share: 1 }, false, 400, 'quota'],
    [{ kind: 'request-refused', shape: 'context-too-long', share: 1 }, false, 400, 'caller-fault'],
    [{ kind: 'empty-answer', share: 1 }, false, 200, 'empty'],
    [{ kind: 'empty-answer', share: 1 }, true, 200, 'empty'],
    [{ kind: 'truncated-stream', afterTokens: 2, share: 1 }, true, 200, 'truncated'],
    [{ kind: 'stream-error', error: 'overloaded', afterTokens: 0, share: 1 }, true, 200, 'overloaded'],
    [{ kind: 'stream-error', error: 'insufficient-quota', afterTokens: 2, share: 1 }, true, 200, 'quota'],
    [{ kind: 'malformed-chunk', afterTokens: 2, share: 1 }, true, 200, 'malformed'],
  ])('is broken by every fault in its own format: %j, stream: %s', async (fault, stream, status, failure) => {
    const { control, recorded, url } = await anthropicGate()
    await control.apply({ id: 'f1', provider: 'primary', fault, capMs: 60_000 })
    const answer = await request(`${url}/messages`, {
      method: 'POST',
      headers: { 'x-api-key': KEYS.primary, 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ ...body, stream }),
    })
    const text = await answer.body.text()
    expect(answer.statusCode).toBe(status)
    expect((await recorded(1))[0]).toMatchObject({ status, failure, fault: 'f1' })
    expect(judged(text, status, stream)).toBe(failure)
  })

  it('lists its one model, and knows no address of OpenAI’s', async () => {
    const { client, url } = await anthropicGate()
    expect((await client().models.list()).data.map(({ id }) => id)).toEqual([MODEL])
    const headers = { 'x-api-key': KEYS.primary }
    const answer = await request(`${url}/chat/completions`, { method: 'POST', headers, body: '{}' })
    expect(answer.statusCode).toBe(404)
    expect(await answer.body.json()).toMatchObject({ error: { type: 'not_found_error' } })
  })
})

describe('a real provider of Anthropic’s', () => {
  const real = (baseUrl: string): ProviderConfig => ({
    kind: 'real',
    name: 'vendor',
    format: 'anthropic',
    model: MODEL,
    baseUrl,
    key: 'K',
    price: { input: 1, output: 1 },
  })
  const realKeys = { primary: 'sk-ant-real-canary-0123456789' }

  it('is asked with its own key and recorded with every token that it states', async () => {
    const seen: Record<string, unknown>[] = []
    const server = createServer((asked, answer) => {
      seen.push({ ...asked.headers, url: asked.url })
      asked.resume()
      answer
        .writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_1' })
        .end(message('vendor'))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { url, recorded } = await anthropicGate(real(`http://127.0.0.1:${port}/v1`), { realKeys })
    const answer = await request(`${url}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEYS.primary },
      body: JSON.stringify(body),
    })
    expect(await answer.body.text()).toBe(message('vendor'))
    expect(seen).toMatchObject([
      { url: '/v1/messages', 'x-api-key': realKeys.primary, 'anthropic-version': '2023-06-01' },
    ])
    expect((await recorded(1))[0]).toMatchObject({
      requestId: 'm7',
      tag: 'msg_vendor',
      inputTokens: 100,
      outputTokens: 20,
      failure: null,
    })
  })

  it('that cannot be reached is an error of its format', async () => {
    const { client } = await anthropicGate(real('http://127.0.0.1:9/v1'), { realKeys })
    const error: unknown = await client()
      .messages.create(body)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 502, error: { type: 'error', error: { type: 'api_error' } } })
  })
})

it.each<[string, ProviderConfig, number | null]>([
  ['the configuration', fastProvider({ context: 5000 }), 5000],
  ['the list, by the model’s name', fastProvider({ format: 'anthropic', model: MODEL }), 200_000],
  ['the list of the other vendor', fastProvider(), 128_000],
  ['nobody, for a model nobody knows', fastProvider({ model: 'model-nobody-knows' }), null],
])('the context of a model is told by %s', (_, provider, context) => {
  expect(contextOf(provider)).toBe(context)
})
