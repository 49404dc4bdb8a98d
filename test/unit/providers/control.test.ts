import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import { request } from 'undici'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { gateControl, type GateFaultRequest } from '../../../src/providers/index.ts'
import type { Attempt } from '../../../src/record/index.ts'
import { KEYS, testGate, TOKEN } from '../../support/providers-gate.ts'

const REVOKE: GateFaultRequest = {
  id: 'run1.revoke-1',
  provider: 'primary',
  fault: { kind: 'revoke-key', shape: 'invalid-api-key', spreadOver: 0 },
  capMs: 60_000,
}
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` }

async function call(url: string, { method = 'GET', headers = {}, body = null as string | null } = {}) {
  const response = await request(url, { method: method as 'GET', headers, body })
  return { status: response.statusCode, text: await response.body.text() }
}

/** A server in the gate's place. */
async function impostor(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

describe('who may command the gate', () => {
  it.each<[string, Record<string, string>, number]>([
    ['the token', AUTHORIZED, 200],
    ['no token', {}, 401],
    ['a wrong token', { authorization: 'Bearer nope' }, 401],
    ['a token that only begins right', { authorization: `Bearer ${TOKEN}x` }, 401],
    ['the token and an Origin', { ...AUTHORIZED, origin: 'http://localhost:3000' }, 403],
    ['the token and a null Origin', { ...AUTHORIZED, origin: 'null' }, 403],
    ['the token and a Sec-Fetch header', { ...AUTHORIZED, 'sec-fetch-site': 'none' }, 403],
    ['the token and another Host', { ...AUTHORIZED, host: 'evil.example' }, 403],
    ['the token and a Host that ends alike', { ...AUTHORIZED, host: '127.0.0.1.evil.example:80' }, 403],
    ['the token and localhost', { ...AUTHORIZED, host: 'localhost:1234' }, 200],
  ])('with %s: %s -> %i', async (_, headers, status) => {
    const { gate } = await testGate()
    const answer = await call(`${gate.controlUrl}/state`, { headers })
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain(TOKEN)
  })

  it('grants no page of another origin anything', async () => {
    const { gate } = await testGate()
    const headers = { origin: 'http://evil.example', 'access-control-request-method': 'PUT' }
    const response = await request(`${gate.controlUrl}/faults/f1`, { method: 'OPTIONS', headers })
    expect(response.statusCode).toBe(403)
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('PUT /faults/:id', () => {
  const put = async (id: string, body: unknown) => {
    const { gate, control } = await testGate()
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await call(`${gate.controlUrl}/faults/${id}`, {
      method: 'PUT',
      headers: AUTHORIZED,
      body: text,
    })
    expect((await control.state()).faults).toEqual([])
    return { status: answer.status, error: (JSON.parse(answer.text) as { error: string }).error }
  }
  const good = { provider: 'primary', fault: REVOKE.fault, capMs: 1000 }

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'body: '],
    ['no cap', { ...good, capMs: undefined }, 'capMs: '],
    ['a cap of nothing', { ...good, capMs: 0 }, 'capMs: '],
    ['a cap beyond a day', { ...good, capMs: 1e9 }, 'capMs: '],
    ['an unknown provider', { ...good, provider: 'third' }, 'provider: '],
    ['an unknown fault', { ...good, fault: { kind: 'meteor' } }, 'fault.kind: '],
    ['an unknown shape', { ...good, fault: { ...REVOKE.fault, shape: 'gone' } }, 'fault.shape: '],
    ['a share over 1', { ...good, fault: { kind: 'slow-first-token', delay: 1, share: 2 } }, 'fault.share: '],
    ['a field too many', { ...good, extra: 1 }, 'body: '],
    [
      'a duration as people write it',
      { ...good, fault: { ...REVOKE.fault, spreadOver: '3s' } },
      'fault.spreadOver: ',
    ],
  ])('refuses %s, saying where', async (_, body, words) => {
    const { status, error } = await put('f1', body)
    expect(status).toBe(400)
    expect(error).toContain(words)
  })

  it('reports all mistakes at once', async () => {
    const { error } = await put('f1', { provider: 'third', fault: REVOKE.fault, capMs: -1 })
    expect(error).toMatch(/provider: .*; capMs: /)
  })

  it('refuses an id of other characters, and a body without end', async () => {
    expect(await put('a%20b', good)).toMatchObject({ status: 400 })
    expect(await put('f1', 'x'.repeat(70_000))).toMatchObject({ status: 413 })
  })
})

describe('other routes', () => {
  it.each([
    ['GET', '/', 404],
    ['POST', '/state', 404],
    ['GET', '/faults/f1', 404],
    ['DELETE', '/faults/f1', 404],
    ['DELETE', '/faults', 404],
  ])('%s %s -> %i', async (method, path, status) => {
    const { gate } = await testGate()
    expect(await call(gate.controlUrl + path, { method, headers: AUTHORIZED })).toMatchObject({ status })
  })
})

describe('gateControl', () => {
  it('applies, reads back and removes a fault', async () => {
    const { control } = await testGate()
    const before = systemClock.now()
    const fault = await control.apply(REVOKE)
    expect(fault).toMatchObject(REVOKE)
    expect(fault.appliedAtMs).toBeGreaterThanOrEqual(before)
    expect(fault.endsAtMs).toBeCloseTo(fault.appliedAtMs + 60_000)
    expect(await control.apply(REVOKE)).toEqual(fault)
    expect(await control.state()).toMatchObject({ faults: [fault], endedAtCap: [] })
    expect(await control.remove(REVOKE.id)).toBe(true)
    expect(await control.remove(REVOKE.id)).toBe(false)
    expect((await control.state()).faults).toEqual([])
  })

  it('shows the providers, and keys only masked', async () => {
    const { control } = await testGate()
    const state = await control.state()
    expect(state.providers.primary).toEqual({
      name: 'simulated',
      kind: 'simulated',
      model: 'gpt-4o-mini',
      key: { masked: 'sk-g…2a91', state: 'active', shape: null },
    })
    expect(JSON.stringify(state)).not.toContain(KEYS.primary)
  })

  it('keeps the gate’s words when it is refused', async () => {
    const { gate, control } = await testGate()
    await control.apply(REVOKE)
    const other = { ...REVOKE, capMs: 1 }
    await expect(control.apply(other)).rejects.toMatchObject({
      code: 'GATE_REFUSED',
      message: expect.stringContaining('409: another fault of the name run1.revoke-1 is in force') as string,
    })
    const stranger = gateControl({ url: gate.controlUrl, token: 'wrong', timeoutMs: 5000 })
    await expect(stranger.state()).rejects.toMatchObject({
      code: 'GATE_REFUSED',
      hint: expect.any(String) as string,
    })
    await expect(stranger.followAttempts(() => {}, new AbortController().signal)).rejects.toMatchObject({
      code: 'GATE_REFUSED',
    })
  })

  it('says that nobody is there', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    const control = gateControl({ url: `http://127.0.0.1:${port}`, token: TOKEN, timeoutMs: 5000 })
    await expect(control.state()).rejects.toMatchObject({
      code: 'GATE_UNREACHABLE',
      exitCode: 2,
      message: `the gate at http://127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
    })
  })

  it('waits no longer than it was told', async () => {
    const url = await impostor(() => {})
    const control = gateControl({ url, token: TOKEN, timeoutMs: 100 })
    await expect(control.state()).rejects.toMatchObject({
      code: 'GATE_TIMEOUT',
      message: `the gate at ${url} did not answer GET /state within 100 ms`,
    })
    await expect(control.followAttempts(() => {}, new AbortController().signal)).rejects.toMatchObject({
      code: 'GATE_TIMEOUT',
    })
  })

  it.each([
    ['no JSON', 'hello'],
    ['JSON of another shape', '{"version":"2.1.0"}'],
  ])('tells a server that is no gate by %s', async (_, text) => {
    const control = gateControl({
      url: await impostor((_req, res) => res.end(text)),
      token: TOKEN,
      timeoutMs: 5000,
    })
    await expect(control.state()).rejects.toMatchObject({ code: 'GATE_REFUSED' })
  })
})

describe('followAttempts', () => {
  it('has subscribed when it resolves, and ends with the signal', async () => {
    const { ask, control, recorded } = await testGate()
    const seen: Attempt[] = []
    const lost: unknown[] = []
    const following = new AbortController()
    await control.followAttempts(
      (attempt) => seen.push(attempt),
      following.signal,
      (error) => lost.push(error),
    )
    await ask()
    const expected = await recorded(1)
    await vi.waitFor(() => expect(seen).toEqual(expected))
    following.abort()
    await ask()
    await recorded(2)
    expect(seen).toHaveLength(1)
    expect(lost).toEqual([])
  })

  it('says so when the gate goes away', async () => {
    const { gate, control } = await testGate()
    const lost = new Promise<Error>((resolve) => {
      void control.followAttempts(() => {}, new AbortController().signal, resolve).then(() => gate.stop())
    })
    expect(await lost).toMatchObject({ code: 'GATE_UNREACHABLE' })
  })
})
