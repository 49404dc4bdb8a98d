import { Dispatcher, MockAgent } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { ask, type AskOptions, type LoadSample } from '../../../src/load/index.ts'
import { sampleSchema } from '../../../src/record/index.ts'
import {
  answerWell,
  completion,
  openStream,
  scriptedServer,
  sendJson,
  sse,
  type Script,
  type ScriptedServer,
} from '../../support/load-server.ts'

const CANARY = 'CANARY-PROMPT-TEXT'
const prompt = { tenant: 'acme', feature: 'search', context: 'short', text: `${CANARY} hello` } as const
let server: ScriptedServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

async function askOf(url: string, options: Partial<AskOptions> = {}): Promise<LoadSample> {
  const sample = await ask({
    url,
    key: 'gate-key',
    model: 'gpt-4o-mini',
    prompt,
    stream: false,
    timeoutMs: 5000,
    runTag: 'r7',
    requestId: 'p1',
    epochMs: systemClock.now(),
    clock: systemClock,
    ...options,
  })
  sampleSchema.omit({ phase: true, servedBy: true, attempts: true, costUsd: true }).parse(sample)
  expect(JSON.stringify(sample)).not.toContain(CANARY)
  return sample
}

async function askScript(script: Script, options: Partial<AskOptions> = {}) {
  server = await scriptedServer(script)
  return askOf(server.url, options)
}

const [role, text, finish, usage] = [
  sse.role('t1'),
  sse.text('t1', 'Gladly.'),
  sse.finish('t1'),
  sse.usage('t1'),
]
const stream =
  (...pieces: string[]): Script =>
  (_, answer) =>
    void openStream(answer).end(pieces.join(''))
const stalls =
  (...pieces: string[]): Script =>
  (_, answer) =>
    void openStream(answer).write(pieces.join(''))
/** Writes, and once that has left cuts the connection. */
const cuts =
  (...pieces: string[]): Script =>
  (_, answer) => {
    openStream(answer).flushHeaders()
    answer.write(pieces.join('') || ': \n', () => setTimeout(() => answer.socket?.resetAndDestroy(), 30))
  }
const plain =
  (status: number, body: unknown): Script =>
  (_, answer) =>
    sendJson(answer, status, body)
const failure = (message: string, code: string | null = null, type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
})
const silent: Script = () => undefined

describe('a plain answer', () => {
  it('that is whole is ok, with its tag, tokens and times in order', async () => {
    const sample = await askScript(answerWell)
    expect(sample).toMatchObject({
      id: 'p1',
      outcome: 'ok',
      class: null,
      status: 200,
      tag: 'tag-1',
      stream: false,
    })
    expect(sample).toMatchObject({
      tenant: 'acme',
      feature: 'search',
      model: 'gpt-4o-mini',
      missingMarker: false,
    })
    expect(sample).toMatchObject({ inputTokens: 11, outputTokens: 7, lane: 'control' })
    const { intendedMs, startedMs, headersMs, firstTokenMs, endMs } = sample
    expect(intendedMs).toBe(startedMs)
    expect(headersMs).toBeGreaterThanOrEqual(startedMs!)
    expect(endMs).toBeGreaterThanOrEqual(headersMs!)
    expect(firstTokenMs).toBe(endMs)
  })

  it.each<[string, Script, object]>([
    [
      'revoked key',
      plain(401, failure('Incorrect API key provided', 'invalid_api_key')),
      { class: 'credential', status: 401 },
    ],
    [
      'exhausted quota',
      plain(429, failure('You exceeded your current quota', 'insufficient_quota')),
      { class: 'quota', status: 429 },
    ],
    [
      'rate limit',
      plain(429, failure('Too many requests', 'rate_limit_exceeded')),
      { class: 'rate-limit', status: 429 },
    ],
    [
      'disabled organization behind a 400',
      plain(400, failure('This organization has been disabled.')),
      { class: 'credential', status: 400 },
    ],
    [
      'overloaded provider',
      plain(503, failure('The engine is overloaded')),
      { class: 'overloaded', status: 503 },
    ],
    ['server error', plain(500, failure('The server had an error')), { class: 'server-error', status: 500 }],
    [
      'request of ours that was wrong',
      plain(404, failure('The model does not exist', 'model_not_found')),
      { class: 'caller-fault', status: 404 },
    ],
    ['200 with nothing in it', plain(200, completion('t1', '')), { class: 'empty', status: 200 }],
    [
      '200 with an error in it',
      plain(200, failure('The engine is overloaded')),
      { class: 'overloaded', status: 200 },
    ],
    ['200 of another shape', plain(200, { hello: 'world' }), { class: 'malformed', status: 200 }],
    ['redirect', plain(302, {}), { class: 'malformed', status: 302 }],
    [
      'HTML page',
      (_, answer) => void answer.writeHead(200).end('<html>login</html>'),
      { class: 'malformed', status: 200 },
    ],
  ])('that is a %s is failed with its class', async (_, script, expected) => {
    expect(await askScript(script)).toMatchObject({ outcome: 'failed', firstTokenMs: null, ...expected })
  })

  it('whose connection is reset before an answer is a failed connection', async () => {
    const sample = await askScript(({ request }) => void request.socket.resetAndDestroy())
    expect(sample).toMatchObject({ outcome: 'failed', class: 'connection', status: null, headersMs: null })
    expect(sample.endMs).not.toBeNull()
  })

  it('whose connection is closed in the middle is a failed connection, not a truncated stream', async () => {
    const sample = await askScript((_, answer) => {
      const body = JSON.stringify(completion('t1'))
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
      answer.write(body.slice(0, 40), () => setTimeout(() => answer.socket?.destroy(), 30))
    })
    expect(sample).toMatchObject({ outcome: 'failed', class: 'connection', status: 200 })
  })

  it('that never comes is a timeout, counted from the actual start', async () => {
    const sample = await askScript(silent, { timeoutMs: 150 })
    expect(sample).toMatchObject({ outcome: 'timeout', class: 'timeout', status: null, headersMs: null })
    expect(sample.endMs! - sample.startedMs!).toBeGreaterThan(140)
  })

  it('that is larger than any answer is not read to its end', async () => {
    const sample = await askScript((_, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' })
      const piece = 'x'.repeat(256 * 1024)
      const more = () => {
        while (!answer.destroyed && answer.write(piece));
        answer.once('drain', more)
      }
      more()
    })
    expect(sample).toMatchObject({ outcome: 'failed', class: 'malformed', status: 200 })
  })
})

describe('a stream', () => {
  it('that is whole is ok, and role, empty and ping pieces are not its first token', async () => {
    const sample = await askScript(
      async (_, answer) => {
        openStream(answer).write(role + sse.ping + sse.text('t1', ''))
        await systemClock.sleep(200)
        answer.write(text)
        await systemClock.sleep(100)
        answer.end(finish + usage + sse.done)
      },
      { stream: true },
    )
    expect(sample).toMatchObject({
      outcome: 'ok',
      class: null,
      tag: 't1',
      stream: true,
      missingMarker: false,
    })
    expect(sample).toMatchObject({ inputTokens: 11, outputTokens: 7 })
    expect(sample.firstTokenMs! - sample.headersMs!).toBeGreaterThan(50)
    expect(sample.endMs! - sample.firstTokenMs!).toBeGreaterThan(20)
  })

  it.each<[string, Script, object]>([
    [
      'without the marker: ok, and it says so',
      stream(role, text, finish),
      { outcome: 'ok', class: null, missingMarker: true },
    ],
    [
      'cut after its finish reason: ok, and it says so',
      cuts(role, text, finish),
      { outcome: 'ok', missingMarker: true },
    ],
    [
      'reset after its marker: ok',
      cuts(role, text, finish, sse.done),
      { outcome: 'ok', missingMarker: false },
    ],
    [
      'ended cleanly in the middle: truncated',
      stream(role, text, text),
      { outcome: 'truncated', class: 'truncated' },
    ],
    [
      'with a marker but no finish reason: truncated',
      stream(role, text, sse.done),
      { outcome: 'truncated', class: 'truncated' },
    ],
    [
      'reset in the middle: a failed connection',
      cuts(role, text),
      { outcome: 'failed', class: 'connection' },
    ],
    ['reset before any content: a failed connection', cuts(role), { outcome: 'failed', class: 'connection' }],
    ['without content: empty', stream(role, finish, sse.done), { outcome: 'failed', class: 'empty' }],
    ['with nothing at all: empty', stream(), { outcome: 'failed', class: 'empty' }],
    [
      'with an error event: failed with its class',
      stream(role, text, sse.error('engine_overloaded')),
      { outcome: 'failed', class: 'overloaded' },
    ],
    [
      'that announces its truncation: failed',
      stream(role, text, sse.error('truncated')),
      { outcome: 'failed', class: 'truncated' },
    ],
    [
      'refused with a status: failed with its class',
      plain(401, failure('Incorrect API key provided', 'invalid_api_key')),
      { outcome: 'failed', class: 'credential', status: 401 },
    ],
    [
      'answered with plain JSON: malformed',
      plain(200, completion('t1')),
      { outcome: 'failed', class: 'malformed' },
    ],
    [
      'answered with a JSON error and a 200: its class',
      plain(200, failure('The engine is overloaded')),
      { outcome: 'failed', class: 'overloaded' },
    ],
  ])('%s', async (_, script, expected) => {
    expect(await askScript(script, { stream: true })).toMatchObject(expected)
  })

  it.each<[string, Script, object]>([
    ['before its headers', silent, { status: null, firstTokenMs: null }],
    ['before its first token', stalls(role), { status: 200, firstTokenMs: null }],
    ['in the middle', stalls(role, text), { status: 200, firstTokenMs: expect.any(Number), tag: 't1' }],
    ['before its marker', stalls(role, text, finish), { status: 200, missingMarker: false }],
  ])('that stalls %s is a timeout', async (_, script, expected) => {
    const sample = await askScript(script, { stream: true, timeoutMs: 300 })
    expect(sample).toMatchObject({ outcome: 'timeout', class: 'timeout', ...expected })
  })

  it('that is complete but left open is ok, and ended when its marker came', async () => {
    const sample = await askScript(stalls(role, text, finish, usage, sse.done), {
      stream: true,
      timeoutMs: 600,
    })
    expect(sample).toMatchObject({ outcome: 'ok', missingMarker: false })
    expect(sample.endMs! - sample.startedMs!).toBeLessThan(590)
  })
})

describe('one question', () => {
  it('to a closed port is a failed connection', async () => {
    server = await scriptedServer(silent)
    const { url } = server
    await server.close()
    expect(await askOf(url)).toMatchObject({ outcome: 'failed', class: 'connection', status: null })
  })

  it('is given up in time although its connection is still being made, and is not sent afterwards', async () => {
    let handler: Dispatcher.DispatchHandler | undefined
    class BlackHole extends Dispatcher {
      override dispatch(_: Dispatcher.DispatchOptions, given: Dispatcher.DispatchHandler): boolean {
        handler = given
        return true
      }
    }
    const sample = await askOf('http://router.example/v1', { timeoutMs: 100, dispatcher: new BlackHole() })
    expect(sample).toMatchObject({ outcome: 'timeout', class: 'timeout', status: null })
    const controller = {
      aborted: false,
      paused: false,
      reason: null,
      abort: vi.fn<() => void>(),
      pause: vi.fn<() => void>(),
      resume: vi.fn<() => void>(),
    }
    handler?.onRequestStart?.(controller, {})
    expect(controller.abort).toHaveBeenCalledOnce()
  })

  it.each([
    [{ 'x-gameday-served-by': 'secondary', 'x-litellm-model-id': 'abc' }, 'secondary'],
    [{ 'x-litellm-model-id': 'abc' }, 'abc'],
    [{ 'x-portkey-provider': 'openai' }, 'openai'],
    [{}, null],
  ])('keeps what the router claims in %o', async (headers, expected) => {
    const sample = await askScript((_, answer) => sendJson(answer, 200, completion('t1'), { ...headers }))
    expect(sample.claimedBy).toBe(expected)
  })

  it('goes through the dispatcher it is given', async () => {
    const agent = new MockAgent()
    agent.disableNetConnect()
    agent
      .get('http://router.example')
      .intercept({ path: '/v1/chat/completions', method: 'POST' })
      .reply(200, completion('t1'), { headers: { 'content-type': 'application/json' } })
    const sample = await askOf('http://router.example/v1', { requestId: 'm9', dispatcher: agent })
    expect(sample).toMatchObject({ outcome: 'ok', lane: 'main', tag: 't1' })
    await agent.close()
  })

  it.each(['EMFILE', 'EADDRNOTAVAIL'])(
    'for which this machine has no socket (%s) was never sent',
    async (code) => {
      const agent = new MockAgent()
      agent.disableNetConnect()
      agent
        .get('http://router.example')
        .intercept({ path: '/v1/chat/completions', method: 'POST' })
        .replyWithError(Object.assign(new Error(code), { code }))
      const sample = await askOf('http://router.example/v1', { requestId: 'm9', dispatcher: agent })
      expect(sample).toMatchObject({ outcome: 'dropped', startedMs: null, endMs: null, class: null })
      await agent.close()
    },
  )
})
