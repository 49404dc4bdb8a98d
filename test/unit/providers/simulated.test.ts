import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { simulated } from '../../../src/providers/simulated/provider.ts'
import { madeBy, type Generation } from '../../../src/providers/simulated/generation.ts'
import { openaiChunks, openaiFormat, tagInText } from '../../../src/wire/index.ts'
import { streamOf } from '../../../src/providers/simulated/pour.ts'
import { testClock } from '../../support/test-clock.ts'

const BASE = 'https://api.example.com/v1'
const PROMPT = 'CANARY-PROMPT: tell me a secret'
const generations: Generation[] = []
const options = {
  name: 'primary',
  model: 'gpt-4o-mini',
  cheaper: { model: 'gpt-4.1-nano' },
  seed: 11,
  clock: systemClock,
  baseUrl: BASE,
  firstToken: { p50: 5, p95: 9 },
  interToken: { p50: 1, p95: 2 },
  outputTokens: { least: 3, most: 8 },
  onGeneration: (generation: Generation) => generations.push(generation),
}
const server = setupServer(...simulated('openai', options))
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => {
  server.resetHandlers()
  generations.length = 0
})
afterAll(() => server.close())

const post = (body: unknown, init: RequestInit = {}) =>
  fetch(`${BASE}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
const question = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: PROMPT }] }

describe('a plain answer', () => {
  it('comes from the cheaper model where that one is asked for', async () => {
    const answer = openaiFormat.readAnswer(await (await post({ ...question, model: 'gpt-4.1-nano' })).text())
    expect(answer).toMatchObject({ ok: true, facts: { model: 'gpt-4.1-nano' } })
  })

  it('is whole, states its usage truthfully and carries its tag in id and text', async () => {
    const response = await post(question)
    const text = await response.text()
    const answer = openaiFormat.readAnswer(text)
    const [generation] = generations
    expect(response.status).toBe(200)
    expect(answer).toMatchObject({
      ok: true,
      facts: {
        id: generation!.tag,
        tag: generation!.tag,
        model: 'gpt-4o-mini',
        finishReason: 'stop',
        inputTokens: Math.ceil(PROMPT.length / 4),
        outputTokens: generation!.tokens.length,
      },
    })
    expect(generation!.tokens.length).toBeGreaterThanOrEqual(3)
    expect(
      tagInText(
        (JSON.parse(text) as { choices: [{ message: { content: string } }] }).choices[0].message.content,
      ),
    ).toBe(generation!.tag)
  })

  it('has the vendor’s headers', async () => {
    const { headers } = await post(question)
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('x-ratelimit-limit-requests')).toBe('10000')
  })

  it('comes when its last token is made', async () => {
    const before = systemClock.now()
    await post(question)
    expect(systemClock.now() - before).toBeGreaterThanOrEqual(generations[0]!.dueMs.at(-1)!)
  })
})

describe('a stream', () => {
  it.each([
    ['with usage when asked for it', { include_usage: true }, true],
    ['without usage when not', undefined, false],
  ])('ends whole, %s', async (_, streamOptions, counted) => {
    const response = await post({ ...question, stream: true, stream_options: streamOptions })
    const reader = openaiFormat.streamReader()
    reader.push(new Uint8Array(await response.arrayBuffer()))
    const { tag, tokens, inputTokens } = generations[0]!
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(reader.end()).toEqual({ ok: true, missingMarker: false })
    expect(reader.facts).toMatchObject({
      tag,
      id: tag,
      inputTokens: counted ? inputTokens : null,
      outputTokens: counted ? tokens.length : null,
    })
  })

  it('is made token by token on its schedule, and stops being made when its reader goes away', async () => {
    const clock = testClock()
    const generation: Generation = {
      tag: 't1',
      model: 'gpt-4o-mini',
      startMs: clock.now(),
      inputTokens: 1,
      tokens: ['one', ' two', ' three'],
      dueMs: [100, 150, 200],
    }
    const chunks = openaiChunks({ id: 't1', created: 1, model: 'gpt-4o-mini' }, false)
    const reader = streamOf(generation, { chunks, clock }).getReader()
    const next = async (ms: number) => {
      const read = reader.read()
      await clock.advance(ms)
      return Buffer.from((await read).value!).toString()
    }
    expect(await next(100)).toBe(chunks.role() + chunks.content('one'))
    expect(await next(50)).toBe(chunks.content(' two'))
    const pending = reader.read()
    await clock.advance(10)
    expect(clock.sleepers).toBe(1)
    await reader.cancel()
    expect((await pending).done).toBe(true)
    await clock.advance(0)
    expect(clock.sleepers).toBe(0)
  })

  it('catches up in one piece when its reader was late', async () => {
    const clock = testClock()
    const chunks = openaiChunks({ id: 't1', created: 1, model: 'm' }, false)
    const generation = {
      tag: 't1',
      model: 'm',
      startMs: clock.now(),
      inputTokens: 1,
      tokens: ['a', 'b'],
      dueMs: [5, 9],
    }
    await clock.advance(500)
    const text = await new Response(streamOf(generation, { chunks, clock })).text()
    expect(text).toBe(
      chunks.role() + chunks.content('a') + chunks.content('b') + chunks.finish('stop') + chunks.done(),
    )
  })
})

describe('what is wrong with a request', () => {
  it.each<[string, unknown, number, string | null]>([
    ['no JSON', '{', 400, null],
    ['a list', [], 400, null],
    ['no messages', { model: 'gpt-4o-mini' }, 400, 'missing_required_parameter'],
    ['empty messages', { model: 'gpt-4o-mini', messages: [] }, 400, 'missing_required_parameter'],
    ['another provider’s model', { ...question, model: 'gpt-3' }, 404, 'model_not_found'],
    ['no model', { messages: question.messages }, 404, 'model_not_found'],
  ])('is answered as the vendor would: %s', async (_, body, status, code) => {
    const response = await post(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code } })
    expect(generations).toEqual([])
  })
})

it('lists its models', async () => {
  const response = await fetch(`${BASE}/models`)
  expect(await response.json()).toMatchObject({ data: [{ id: 'gpt-4o-mini' }, { id: 'gpt-4.1-nano' }] })
})

it('never gives back a word of the prompt', async () => {
  const texts = await Promise.all(
    [post(question), post({ ...question, stream: true })].map(async (r) => (await r).text()),
  )
  expect(texts.join('')).not.toContain('CANARY')
})

it('answers alike with the same seed, and otherwise with another', async () => {
  const run = async (seed: number) => {
    server.use(...simulated('openai', { ...options, seed }))
    const texts = []
    for (let i = 0; i < 3; i++)
      texts.push(((await (await post(question)).json()) as { choices: unknown }).choices)
    return texts
  }
  const first = await run(5)
  expect(await run(5)).toEqual(first)
  expect(await run(6)).not.toEqual(first)
})

describe('madeBy', () => {
  const generation: Generation = {
    tag: 't',
    model: 'm',
    startMs: testClock(1000).now(),
    inputTokens: 1,
    tokens: ['a', 'b', 'c'],
    dueMs: [100, 150, 200],
  }

  it.each([
    [1000, 0],
    [1099, 0],
    [1100, 1],
    [1175, 2],
    [1200, 3],
    [9999, 3],
  ])('counts at %d the tokens made so far: %d', (now, count) => {
    expect(madeBy(generation, now)).toBe(count)
  })
})
