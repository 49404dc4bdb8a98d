import { createServer } from 'node:https'
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { request } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { vendorPath } from '../../../src/providers/index.ts'
import { openaiCompletion } from '../../../src/wire/index.ts'
import { fastProvider, MODEL, testGate, TOKEN } from '../../support/providers-gate.ts'

const tls = (name: string) =>
  readFileSync(new URL(`../../fixtures/tls/localhost.${name}.pem`, import.meta.url), 'utf8')

describe('the console of a simulated vendor', () => {
  it('revokes the key by one line without a token, and restores it', async () => {
    const { gate, ask, recorded } = await testGate()
    const url = `${gate.controlUrl}${vendorPath(TOKEN, 'primary')}`
    const call = (method: 'PUT' | 'DELETE') => fetchPlainly(url, method)
    expect(await call('DELETE')).toBe(200)
    expect((await ask()).status).toBe(401)
    expect((await ask({ role: 'secondary' })).status).toBe(200)
    expect(await call('PUT')).toBe(200)
    expect((await ask()).status).toBe(200)
    // The provider itself has refused: no fault of the gate's is in it.
    expect((await recorded(3))[0]).toMatchObject({
      failure: 'credential',
      code: 'invalid_api_key',
      fault: null,
    })
  })

  it.each([
    {
      name: 'a path that is guessed',
      path: '/vendor/0000000000000000/primary/key',
      headers: {},
      status: 401,
    },
    {
      name: 'a browser',
      path: vendorPath(TOKEN, 'primary'),
      headers: { origin: 'http://evil.test' },
      status: 403,
    },
  ])('is closed to $name', async ({ path, headers, status }) => {
    const { gate, ask } = await testGate()
    expect(await fetchPlainly(`${gate.controlUrl}${path}`, 'DELETE', headers)).toBe(status)
    expect((await ask()).status).toBe(200)
  })
})

describe('a real vendor', () => {
  it('has a console of its own; what it revokes there, the gate passes on as the vendor’s refusal', async () => {
    let revoked = false
    const plain = openaiCompletion({ id: 'chatcmpl-R', created: 1, model: MODEL }, 'Hello.', {
      inputTokens: 3,
      outputTokens: 2,
    })
    const refusal = JSON.stringify({
      error: { message: 'Incorrect API key', type: 'invalid_request_error', code: 'invalid_api_key' },
    })
    const server = createServer({ key: tls('key'), cert: tls('cert') }, (req, res) => {
      req
        .resume()
        .on('end', () =>
          res
            .writeHead(revoked ? 401 : 200, { 'content-type': 'application/json' })
            .end(revoked ? refusal : plain),
        )
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as { port: number }
    const { gate, ask, recorded } = await testGate({
      providers: {
        primary: {
          kind: 'real',
          name: 'acme',
          format: 'openai',
          model: MODEL,
          baseUrl: `https://localhost:${port}/v1`,
          key: 'ACME_KEY',
        },
        secondary: fastProvider(),
      },
      realKeys: { primary: 'sk-real-canary-77' },
      upstreamTls: { ca: tls('cert') },
    })
    expect(await fetchPlainly(`${gate.controlUrl}${vendorPath(TOKEN, 'primary')}`, 'DELETE')).toBe(404)
    expect((await ask()).status).toBe(200)
    revoked = true
    expect((await ask()).status).toBe(401)
    expect((await recorded(2))[1]).toMatchObject({
      failure: 'credential',
      code: 'invalid_api_key',
      fault: null,
    })
  })
})

/** As curl asks: without what the global fetch adds, by which the gate tells a browser. */
async function fetchPlainly(
  url: string,
  method: 'PUT' | 'DELETE',
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await request(url, { method, headers })
  await response.body.dump()
  return response.statusCode
}
