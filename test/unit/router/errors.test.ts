import { connect } from 'node:net'
import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import { openaiFormat } from '../../../src/wire/index.ts'
import { movableClock, startPair } from '../../support/router-pair.ts'
import {
  answers,
  hangs,
  refuses,
  resets,
  sends,
  streams,
  type Script,
} from '../../support/router-upstream.ts'

const limited = refuses('rate-limited', { retryAfterMs: 2000 })
const disabled = refuses('organization-disabled')
const empty = sends(200, '{"choices":[]}')

describe('when everything fails', () => {
  it.each<[string, Script, Script, number, string]>([
    ['both keys are revoked', refuses('invalid-api-key'), refuses('account-deactivated'), 401, 'credential'],
    [
      'the primary’s key is revoked and the secondary limits the rate',
      refuses('invalid-api-key'),
      limited,
      401,
      'credential',
    ],
    [
      'the primary limits the rate and the secondary’s key is revoked',
      limited,
      refuses('invalid-api-key'),
      401,
      'credential',
    ],
    ['the organization is disabled, which comes as a 400', disabled, limited, 401, 'credential'],
    [
      'the quota is used up and the secondary is overloaded',
      refuses('insufficient-quota'),
      refuses('overloaded'),
      429,
      'quota',
    ],
    ['both limit the rate', limited, limited, 429, 'rate-limit'],
    ['both are overloaded', refuses('overloaded'), refuses('overloaded'), 503, 'overloaded'],
    ['one fails and one resets', refuses('server-error'), resets, 500, 'server-error'],
    ['both answer nothing', empty, empty, 502, 'empty'],
    ['both reset', resets, resets, 502, 'connection'],
    [
      'one knows no such model and one is overloaded',
      refuses('model-not-found'),
      refuses('overloaded'),
      503,
      'overloaded',
    ],
  ])('the caller learns the root cause: %s', async (_name, primary, secondary, status, of) => {
    const pair = await startPair({ primary, secondary })
    for (const stream of [false, true]) {
      const reply = await pair.ask({ stream })
      expect(reply).toMatchObject({ status, attempts: '2', servedBy: undefined, clean: true })
      expect(reply.headers['content-type']).toContain('application/json')
      const { error } = JSON.parse(reply.text) as { error: Record<string, unknown> }
      expect(error).toMatchObject({ type: of.replaceAll('-', '_'), param: null })
      expect(error['message']).toContain('primary (test-primary)')
      expect(error['message']).toContain('secondary (test-secondary)')
      expect(openaiFormat.classify(reply.status, reply.text).class).toBe(of)
    }
  })

  it('hands on how long to wait, where waiting helps', async () => {
    const pair = await startPair({ primary: limited, secondary: limited })
    expect((await pair.ask()).headers['retry-after']).toBe('2')
  })

  it.each([
    ['a 404, when nobody knows the model', 'model-not-found', 404],
    ['a context that is too long for both', 'context-too-long', 400],
    ['tools that neither has', 'tools-unsupported', 400],
  ] as const)('hands on as it came %s', async (_, kind, status) => {
    const pair = await startPair({ primary: refuses(kind), secondary: refuses(kind) })
    const reply = await pair.ask()
    expect(reply).toMatchObject({ status, servedBy: 'primary', attempts: '2' })
    expect(reply.text).toBe(openaiFormat.errorAnswer(kind, { requestId: '' }).body)
    expect(pair.events).toEqual([])
  })
})

describe('a caller’s own affair', () => {
  it.each([
    [
      'a wrong request (400)',
      400,
      '{ "error": {"message":"Missing required parameter", "type":"invalid_request_error"} }',
    ],
    ['a request too large for the provider (413)', 413, '{"error":{"message":"too large"}}'],
    ['an unprocessable request (422)', 422, '{"error":{"message":"no"}}'],
    [
      'a guardrail’s empty answer (200)',
      200,
      '{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}',
    ],
    ['a guardrail’s refusal (400)', 400, '{"error":{"code":"content_policy_violation","message":"no"}}'],
  ])('%s is returned as it came, without failover, and opens nothing', async (_name, status, body) => {
    const pair = await startPair({ primary: sends(status, body), config: { circuit: { failures: 1 } } })
    for (const stream of [false, true]) {
      const reply = await pair.ask({ stream })
      expect(reply).toMatchObject({ status, text: body, servedBy: 'primary', attempts: '1' })
      expect(reply.headers['x-request-id']).toBe('req-upstream')
    }
    expect(pair.secondary.asked).toHaveLength(0)
    expect(pair.events).toEqual([])
  })

  it('is returned from the secondary too, if that is where it shows', async () => {
    const pair = await startPair({
      primary: refuses('server-error'),
      secondary: sends(400, '{"error":{"message":"too long"}}'),
    })
    expect(await pair.ask()).toMatchObject({
      status: 400,
      servedBy: 'secondary',
      attempts: '2',
      text: '{"error":{"message":"too long"}}',
    })
  })
})

describe('the attempt budget', () => {
  it('is one further attempt by default, to the next provider', async () => {
    const pair = await startPair({ primary: resets, secondary: resets })
    expect((await pair.ask()).attempts).toBe('2')
    expect([pair.primary.asked.length, pair.secondary.asked.length]).toEqual([1, 1])
  })

  it('of one means no failover', async () => {
    const pair = await startPair({ primary: refuses('server-error'), config: { attempts: 1 } })
    expect(await pair.ask()).toMatchObject({ status: 500, attempts: '1' })
    expect(pair.secondary.asked).toHaveLength(0)
  })

  it.each<[string, Script, number]>([
    ['an overload', refuses('overloaded'), 2],
    ['a reset', resets, 2],
    ['an empty answer', empty, 2],
    ['a revoked key: never', refuses('invalid-api-key'), 1],
    ['a used-up quota: never', refuses('insufficient-quota'), 1],
    ['a provider that asks to wait: never', limited, 1],
    ['an unknown model: never', refuses('model-not-found'), 1],
  ])('a retry at the same target, where configured, after %s', async (_name, primary, asked) => {
    const pair = await startPair({ primary, config: { attempts: 3, retrySameTarget: 1 } })
    expect(await pair.ask()).toMatchObject({
      status: 200,
      servedBy: 'secondary',
      attempts: String(asked + 1),
    })
    expect(pair.primary.asked).toHaveLength(asked)
  })

  it('a retry at the same target never takes the attempt that another target could have', async () => {
    const pair = await startPair({
      primary: refuses('overloaded'),
      config: { attempts: 2, retrySameTarget: 3 },
    })
    expect(await pair.ask()).toMatchObject({ servedBy: 'secondary', attempts: '2' })
  })

  it('is never exceeded, whatever is configured', async () => {
    const pair = await startPair({
      primary: resets,
      secondary: resets,
      config: { attempts: 4, retrySameTarget: 3, circuit: { failures: 50 } },
    })
    expect((await pair.ask()).attempts).toBe('4')
    expect(pair.primary.asked.length + pair.secondary.asked.length).toBe(4)
  })
})

describe('the endpoint itself', () => {
  it.each([
    ['no JSON', '{"messages": ['],
    ['no object', '[1, 2]'],
    ['nothing', ''],
    ['nested deeper than the stack', `{"messages":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  ])('answers a body that is %s with a 400 in OpenAI’s shape, and asks nobody', async (_name, body) => {
    const pair = await startPair()
    const reply = await pair.ask({ body })
    expect(reply.status).toBe(400)
    expect(JSON.parse(reply.text)).toMatchObject({
      error: { type: 'invalid_request_error', param: null, code: null },
    })
    expect(pair.primary.asked).toHaveLength(0)
  })

  it('answers a body beyond ten megabytes with a 413, and one just below with an answer', async () => {
    const pair = await startPair()
    const sized = (bytes: number) => `{"messages":[{"role":"user","content":"${'x'.repeat(bytes)}"}]}`
    const reply = await pair.ask({ body: sized(10 * 1024 * 1024) })
    expect(reply.status).toBe(413)
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'request_too_large' } })
    expect(pair.primary.asked).toHaveLength(0)
    expect((await pair.ask({ body: sized(10 * 1024 * 1024 - 100) })).status).toBe(200)
  })

  it('answers an unknown path with a 404 in OpenAI’s shape', async () => {
    const { router } = await startPair()
    const answer = await request(`${router.url}/embeddings`, { method: 'POST', body: '{}' })
    expect(answer.statusCode).toBe(404)
    expect(await answer.body.json()).toMatchObject({
      error: { message: 'Invalid URL (POST /v1/embeddings)' },
    })
  })

  it('asks for its own key where one is configured', async () => {
    const pair = await startPair({ clientKey: 'gameday-local' })
    expect(await pair.ask()).toMatchObject({ status: 401 })
    expect(await pair.ask({ headers: { authorization: 'Bearer wrong' } })).toMatchObject({ status: 401 })
    expect(await pair.ask({ headers: { authorization: 'Bearer gameday-local' } })).toMatchObject({
      status: 200,
    })
    expect(pair.primary.asked).toHaveLength(1)
  })

  it('survives callers that send no HTTP, or go away within their request', async () => {
    const pair = await startPair()
    for (const bytes of [
      'hello\r\n\r\n',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(pair.router.port, '127.0.0.1', () => socket.end(bytes))
        socket.on('error', () => {}).on('close', () => resolve())
        socket.resume()
      })
    }
    expect(await pair.ask()).toMatchObject({ status: 200 })
    expect(pair.primary.asked).toHaveLength(1)
  })
})

describe('GET /v1/models', () => {
  const list = '{"object":"list","data":[{"id":"gpt-4o-mini","object":"model"}]}'
  const models = (url: string) => request(`${url}/models`)

  it('passes the primary’s list through', async () => {
    const pair = await startPair({ primary: sends(200, list) })
    const answer = await models(pair.router.url)
    expect(await answer.body.text()).toBe(list)
    expect(answer.headers['x-gameday-served-by']).toBe('primary')
    expect(pair.primary.asked[0]).toMatchObject({
      method: 'GET',
      path: '/v1/models',
      headers: { authorization: 'Bearer sk-canary-primary-0123456789' },
    })
  })

  it('asks the secondary when the primary fails, and touches no circuit', async () => {
    const pair = await startPair({ primary: refuses('invalid-api-key'), secondary: sends(200, list) })
    const answer = await models(pair.router.url)
    expect([answer.statusCode, answer.headers['x-gameday-served-by']]).toEqual([200, 'secondary'])
    await answer.body.dump()
    expect(pair.events).toEqual([])
  })

  it('does not ask a primary whose circuit is open, and never takes the place of its probe', async () => {
    const clock = movableClock()
    const pair = await startPair({ primary: refuses('invalid-api-key'), clock })
    await pair.ask()
    clock.forward(5001)
    pair.secondary.script = sends(200, list)
    const answer = await models(pair.router.url)
    expect(answer.headers['x-gameday-served-by']).toBe('secondary')
    await answer.body.dump()
    expect(pair.states()).toEqual(['open'])
  })
})

describe('a key', () => {
  it.each<[string, Script]>([
    [
      'an error that quotes it',
      (response, { headers }) =>
        sends(401, JSON.stringify({ error: { message: `bad key ${headers.authorization}` } }))(response, {
          method: '',
          path: '',
          headers: {},
          body: '',
          hungUp: false,
        }),
    ],
    [
      'a caller’s fault that quotes it',
      (response, { headers }) =>
        sends(422, JSON.stringify({ error: { message: `bad ${headers.authorization}` } }))(response, {
          method: '',
          path: '',
          headers: {},
          body: '',
          hungUp: false,
        }),
    ],
    [
      'an error code that is the key',
      sends(401, '{"error":{"code":"sk-canary-primary-0123456789","message":"no"}}'),
    ],
    [
      'an error event that quotes it',
      streams('data: {"error":{"message":"sk-canary-primary-0123456789"}}\n\n'),
    ],
    ['a hung connection', hangs],
  ])('reaches neither answer nor event, nor does the prompt: %s', async (_name, script) => {
    const pair = await startPair({
      primary: script,
      secondary: script,
      config: { timeouts: { headers: '300ms', firstToken: '300ms' }, circuit: { failures: 1 } },
    })
    for (const stream of [false, true]) {
      const reply = await pair.ask({ stream })
      const shown = JSON.stringify([reply.headers, reply.text, reply.trailers])
      for (const key of ['sk-canary-primary-0123456789', 'sk-canary-secondary-0123456789'])
        expect(shown).not.toContain(key)
    }
    const told = JSON.stringify(pair.events)
    expect(told).not.toContain('sk-canary')
    expect(told).not.toContain('canary prompt')
  })

  it('of the caller is never needed and never passed on', async () => {
    const pair = await startPair({ primary: answers('primary') })
    await pair.ask({ headers: { authorization: 'Bearer callers-own' } })
    expect(JSON.stringify(pair.primary.asked)).not.toContain('callers-own')
  })
})
