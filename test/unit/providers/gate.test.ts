import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { maskKey, systemClock, type FailureClass } from '../../../src/base/index.ts'
import { startGate, type GateFaultSpec } from '../../../src/providers/index.ts'
import { attemptSchema } from '../../../src/record/index.ts'
import { openaiFormat, tagInText } from '../../../src/wire/index.ts'
import { fastProvider, KEYS, MODEL, testGate, TOKEN } from '../../support/providers-gate.ts'

type Shape = Extract<GateFaultSpec, { kind: 'revoke-key' }>['shape']

const DAY = 86_400_000

describe('an attempt at a simulated provider', () => {
  it.each([false, true])('is answered and recorded under the answer’s tag (stream: %s)', async (stream) => {
    const { ask, recorded } = await testGate()
    const before = systemClock.now()
    const { status, text } = await ask({ stream })
    const [attempt] = await recorded(1)
    expect(status).toBe(200)
    expect(attempt).toEqual(attemptSchema.parse(attempt))
    expect(attempt).toMatchObject({
      requestId: 'm7',
      runTag: 'r1',
      lane: 'main',
      provider: 'primary',
      key: maskKey(KEYS.primary),
      model: MODEL,
      status: 200,
      failure: null,
      code: null,
      fault: null,
      hungUp: false,
      inputTokens: 8,
    })
    expect(attempt!.outputTokens).toBeGreaterThanOrEqual(4)
    expect(attempt!.costUsd).toBeGreaterThan(0)
    expect(text).toContain(`"id":"${attempt!.tag}"`)
    expect(text).toContain(`[by:${attempt!.tag}]`)
    expect(attempt!.startMs).toBeGreaterThanOrEqual(before)
    expect(attempt!.firstByteMs).toBeGreaterThanOrEqual(attempt!.startMs)
    expect(attempt!.endMs).toBeGreaterThanOrEqual(attempt!.firstByteMs!)
  })

  it.each([
    ['a control request', 'x\n[gd:r1:c4]', { requestId: 'c4', lane: 'control' }],
    ['a probe of gameday’s own', 'x\n[gd:r1:p2]', { requestId: 'p2', lane: null, runTag: 'r1' }],
    ['traffic without a marker', 'hello', { requestId: null, lane: null, runTag: null }],
  ])('tells %s by its marker', async (_, prompt, expected) => {
    const { ask, recorded } = await testGate()
    await ask({ prompt })
    expect((await recorded(1))[0]).toMatchObject(expected)
  })

  it('reads the marker from `user` only where the text has none', async () => {
    const { ask, recorded } = await testGate()
    const body = (content: string) => ({
      model: MODEL,
      user: '[gd:r1:m5]',
      messages: [{ role: 'user', content }],
    })
    await ask({ body: body('plain') })
    await ask({ body: body('marked [gd:r1:m6]') })
    expect((await recorded(2)).map(({ requestId }) => requestId)).toEqual(['m5', 'm6'])
  })

  it('counts the tokens that the answer states', async () => {
    const { ask, recorded } = await testGate()
    const { text } = await ask()
    const answer = openaiFormat.readAnswer(text)
    const [attempt] = await recorded(1)
    expect(answer).toMatchObject({
      ok: true,
      facts: { inputTokens: attempt!.inputTokens, outputTokens: attempt!.outputTokens },
    })
  })

  it('costs what the configuration says, or null where no price is known', async () => {
    const providers = {
      primary: fastProvider({ price: { input: 1_000_000, output: 0 } }),
      secondary: fastProvider({ model: 'model-nobody-priced' }),
    }
    const { ask, recorded } = await testGate({ providers })
    await ask()
    await ask({
      role: 'secondary',
      body: { model: 'model-nobody-priced', messages: [{ role: 'user', content: 'hi' }] },
    })
    expect((await recorded(2)).map(({ costUsd }) => costUsd)).toEqual([8, null])
  })

  it('has a tag that no other attempt has', async () => {
    const { ask, recorded } = await testGate()
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask({ role: i % 2 === 0 ? 'primary' : 'secondary' })),
    )
    expect(new Set((await recorded(20)).map(({ tag }) => tag)).size).toBe(20)
  })
})

describe('a request that the gate refuses', () => {
  it.each([
    ['without a key', null, null],
    ['with a wrong key', 'sk-wrong-0123456789abcdef', 'invalid_api_key'],
    ['with the other provider’s key', KEYS.secondary, 'invalid_api_key'],
  ])('%s: 401, recorded, unbilled', async (_, key, code) => {
    const { ask, recorded } = await testGate()
    const { status, text } = await ask({ key })
    expect(status).toBe(401)
    expect(JSON.parse(text)).toMatchObject({ error: { code } })
    expect((await recorded(1))[0]).toMatchObject({
      requestId: 'm7',
      status: 401,
      failure: 'credential',
      fault: null,
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    })
  })

  it('for a model that the provider has not: 404, as the vendor', async () => {
    const { ask, recorded } = await testGate()
    const { status } = await ask({ body: { model: 'other', messages: [{ role: 'user', content: 'x' }] } })
    expect(status).toBe(404)
    expect((await recorded(1))[0]).toMatchObject({
      failure: 'caller-fault',
      code: 'model_not_found',
      costUsd: 0,
    })
  })

  it('for a body beyond all measure: 413', async () => {
    const { ask, recorded } = await testGate()
    const { status } = await ask({ prompt: 'x'.repeat(17_000_000) })
    expect(status).toBe(413)
    expect((await recorded(1))[0]).toMatchObject({ status: 413, failure: 'caller-fault', costUsd: 0 })
  })
})

describe('what is no attempt', () => {
  it('is answered and not recorded', async () => {
    const { ask, recorded } = await testGate()
    expect(await ask({ method: 'GET', path: '/models' })).toMatchObject({ status: 200 })
    expect(await ask({ method: 'GET', path: '/models', key: null })).toMatchObject({ status: 401 })
    expect(await ask({ method: 'GET', path: '/nowhere' })).toMatchObject({ status: 404 })
    await ask()
    expect(await recorded(1)).toHaveLength(1)
  })
})

describe('a revoked key', () => {
  it.each<[Shape, number, FailureClass, string, RegExp]>([
    [
      'invalid-api-key',
      401,
      'credential',
      'invalid_api_key',
      /^Incorrect API key provided: sk-gamed\*\*\*2a91\./,
    ],
    ['account-deactivated', 401, 'credential', 'account_deactivated', /has been deactivated/],
    ['insufficient-quota', 429, 'quota', 'insufficient_quota', /exceeded your current quota/],
    [
      'organization-disabled',
      400,
      'credential',
      'invalid_request_error',
      /^This organization has been disabled\.$/,
    ],
  ])('is refused as %s, and given back', async (shape, status, failure, code, words) => {
    const { ask, control, recorded } = await testGate()
    await control.apply({
      id: 'f1',
      provider: 'primary',
      fault: { kind: 'revoke-key', shape, spreadOver: 0 },
      capMs: DAY,
    })
    const refused = await ask({ stream: true })
    expect(refused.status).toBe(status)
    expect((JSON.parse(refused.text) as { error: { message: string } }).error.message).toMatch(words)
    expect((await recorded(1))[0]).toMatchObject({
      requestId: 'm7',
      status,
      failure,
      code,
      fault: 'f1',
      costUsd: 0,
    })
    expect((await control.state()).providers.primary.key).toMatchObject({ state: 'revoked', shape })
    expect((await ask({ role: 'secondary' })).status).toBe(200)

    expect(await control.remove('f1')).toBe(true)
    expect((await ask()).status).toBe(200)
  })

  it('lets a stream under way finish', async () => {
    const primary = fastProvider({ interToken: { p50: 20, p95: 20 }, outputTokens: { least: 15, most: 15 } })
    const { ask, control, recorded } = await testGate({ providers: { primary, secondary: fastProvider() } })
    let begun: () => void = () => {}
    const firstPiece = new Promise<void>((resolve) => (begun = resolve))
    const streaming = ask({ stream: true, onPiece: () => begun() })
    await firstPiece
    await control.apply({
      id: 'f1',
      provider: 'primary',
      fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 },
      capMs: DAY,
    })
    expect((await ask()).status).toBe(401)
    expect((await streaming).text).toContain('data: [DONE]')
    const attempts = await recorded(2)
    expect(attempts.map(({ status, outputTokens }) => [status, outputTokens])).toEqual([
      [401, 0],
      [200, 15],
    ])
  })

  it('is accepted now and then while the revocation spreads', async () => {
    const { ask, control } = await testGate()
    await control.apply({
      id: 'f1',
      provider: 'primary',
      // So slow that the test sees next to nothing of it, and so fast that it sees all of it.
      fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 3_600_000 },
      capMs: DAY,
    })
    expect((await control.state()).providers.primary.key.state).toBe('spreading')
    expect((await ask()).status).toBe(200)
    await control.remove('f1')
    await control.apply({
      id: 'f2',
      provider: 'primary',
      fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 1 },
      capMs: DAY,
    })
    await systemClock.sleep(5)
    expect((await ask()).status).toBe(401)
  })

  it('comes back by itself at the cap', async () => {
    const { ask, control } = await testGate()
    await control.apply({
      id: 'f1',
      provider: 'primary',
      fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 },
      capMs: 300,
    })
    expect((await control.state()).faults).toHaveLength(1)
    while ((await control.state()).faults.length > 0) await systemClock.sleep(20)
    expect((await control.state()).endedAtCap).toMatchObject([{ id: 'f1' }])
    expect((await ask()).status).toBe(200)
  })
})

describe('a slow first token', () => {
  const slow = { kind: 'slow-first-token', delay: 400, share: 1 } as const

  it('lets the headers of a stream leave at once', async () => {
    const { gate, control, recorded } = await testGate()
    await control.apply({ id: 's1', provider: 'primary', fault: slow, capMs: DAY })
    const response = await fetch(`${gate.urls.primary}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYS.primary}` },
      body: JSON.stringify({ model: MODEL, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    })
    const headersMs = systemClock.now()
    const text = await response.text()
    const [attempt] = await recorded(1)
    expect(attempt!.firstByteMs! - attempt!.startMs).toBeGreaterThanOrEqual(399)
    expect(headersMs).toBeLessThan(attempt!.firstByteMs!)
    expect(attempt).toMatchObject({ fault: 's1', failure: null, status: 200 })
    expect(text).toContain('data: [DONE]')
  })

  it('holds a plain answer back', async () => {
    const { ask, control, recorded } = await testGate()
    await control.apply({ id: 's1', provider: 'primary', fault: slow, capMs: DAY })
    await ask()
    const [attempt] = await recorded(1)
    expect(attempt!.endMs! - attempt!.startMs).toBeGreaterThanOrEqual(399)
    expect(attempt!.fault).toBe('s1')
  })

  it('spares the requests that are not drawn', async () => {
    const { ask, control, recorded } = await testGate()
    await control.apply({ id: 's1', provider: 'primary', fault: { ...slow, share: 0.01 }, capMs: DAY })
    await ask()
    expect((await recorded(1))[0]!.fault).toBeNull()
  })
})

describe('a caller that hangs up', () => {
  const primary = fastProvider({ interToken: { p50: 25, p95: 25 }, outputTokens: { least: 400, most: 400 } })
  const providers = { primary, secondary: fastProvider() }

  it('ends the making of a stream, and only what was made is counted', async () => {
    const { ask, recorded } = await testGate({ providers })
    const going = new AbortController()
    const asked = ask({
      stream: true,
      signal: going.signal,
      onPiece: (text) => {
        if (text.split('"content":" ').length > 3) going.abort()
      },
    })
    await expect(asked).rejects.toBeInstanceOf(Error)
    const hungUpAt = systemClock.now()
    const [attempt] = await recorded(1)
    expect(attempt).toMatchObject({ hungUp: true, status: 200, failure: null })
    expect(attempt!.endMs! - hungUpAt).toBeLessThan(1000)
    expect(attempt!.outputTokens).toBeGreaterThanOrEqual(3)
    expect(attempt!.outputTokens).toBeLessThan(200)
    expect(attempt!.costUsd).toBeGreaterThan(0)
  })

  it('ends the making of a plain answer too, which never got a status', async () => {
    const { ask, recorded } = await testGate({ providers })
    await expect(ask({ signal: AbortSignal.timeout(150) })).rejects.toBeInstanceOf(Error)
    const [attempt] = await recorded(1)
    expect(attempt).toMatchObject({ hungUp: true, status: null, firstByteMs: null })
    expect(attempt!.outputTokens).toBeLessThan(200)
  })

  it('while its first token is held back is noticed at once', async () => {
    const { ask, control, recorded } = await testGate()
    const fault = { kind: 'slow-first-token', delay: 60_000, share: 1 } as const
    await control.apply({ id: 's1', provider: 'primary', fault, capMs: DAY })
    await expect(ask({ stream: true, signal: AbortSignal.timeout(150) })).rejects.toBeInstanceOf(Error)
    expect((await recorded(1))[0]).toMatchObject({
      hungUp: true,
      status: 200,
      firstByteMs: null,
      fault: 's1',
    })
  })
})

describe('starting and stopping', () => {
  it('names the port that is taken, and leaves nothing listening', async () => {
    const squatter = createServer().listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const { port } = squatter.address() as { port: number }
    const starting = startGate({
      listen: '127.0.0.1',
      ports: { primary: 0, secondary: port, control: 0 },
      providers: { primary: fastProvider(), secondary: fastProvider() },
      keys: KEYS,
      controlToken: TOKEN,
      seed: 1,
      clock: systemClock,
    })
    await expect(starting).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      exitCode: 2,
      message: `the gate of the secondary cannot listen on 127.0.0.1:${port}: the port is taken`,
      hint: expect.stringContaining('stage.ports.secondaryGate') as string,
    })
    squatter.close()
  })

  it('says that an address is not this machine’s', async () => {
    const starting = testGate({ listen: '192.0.2.1' })
    await expect(starting).rejects.toMatchObject({ code: 'ADDRESS_UNKNOWN', exitCode: 2 })
  })

  it('cuts what is under way and listens no more', async () => {
    const primary = fastProvider({ firstToken: { p50: 60_000, p95: 60_000 } })
    const { gate, ask, control } = await testGate({ providers: { primary, secondary: fastProvider() } })
    const ended = ask({ stream: true }).catch((error: unknown) => error)
    await systemClock.sleep(50)
    await gate.stop()
    expect(await ended).toBeInstanceOf(Error)
    await expect(control.state()).rejects.toMatchObject({ code: 'GATE_UNREACHABLE' })
  })

  it('answers the same seed alike', async () => {
    const texts = async (seed: number) => {
      const { ask } = await testGate({ seed })
      return tagInText((await ask({ stream: false })).text)
    }
    expect(await texts(4)).toBe(await texts(4))
    expect(await texts(4)).not.toBe(await texts(5))
  })
})
