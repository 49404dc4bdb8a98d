import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import { startGate } from '../../../src/providers/index.ts'
import type { RealProviderConfig } from '../../../src/config/index.ts'
import { openaiChunks, openaiCompletion, openaiFormat } from '../../../src/wire/index.ts'
import { fastProvider, KEYS, MODEL, testGate, TOKEN, type AskOptions } from '../../support/providers-gate.ts'

const tls = (name: string) =>
  readFileSync(new URL(`../../fixtures/tls/localhost.${name}.pem`, import.meta.url), 'utf8')
const CERT = tls('cert')
const REAL_KEY = 'sk-real-canary-9d1f6c27b84e'
const head = { id: 'chatcmpl-REAL1', created: 1_700_000_000, model: MODEL }
const chunks = openaiChunks(head, true)
const STREAM = [
  chunks.role(),
  chunks.content('Grüße, '),
  chunks.content('世界'),
  chunks.finish('stop'),
  chunks.usage({ inputTokens: 30, outputTokens: 2 }),
  chunks.done(),
]

interface Seen {
  headers: IncomingMessage['headers']
  url: string | undefined
  body: string
}

/** A real provider on TLS, behind a gate. */
async function behindGate(
  respond: RequestListener,
  baseUrl = (port: number) => `https://localhost:${port}/api/v1`,
) {
  const seen: Seen[] = []
  const server = createServer({ key: tls('key'), cert: CERT }, (req, res) => {
    const pieces: Buffer[] = []
    req.on('data', (piece: Buffer) => pieces.push(piece))
    req.on('end', () => {
      seen.push({ headers: req.headers, url: req.url, body: Buffer.concat(pieces).toString() })
      respond(req, res)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as { port: number }
  const primary: RealProviderConfig = {
    kind: 'real',
    name: 'acme',
    format: 'openai',
    model: MODEL,
    baseUrl: baseUrl(port),
    key: 'ACME_API_KEY',
    price: { input: 1, output: 5 },
  }
  const tested = await testGate({
    providers: { primary, secondary: fastProvider() },
    realKeys: { primary: REAL_KEY },
    upstreamTls: { ca: CERT },
  })
  return { ...tested, seen, server }
}

const sse = { 'content-type': 'text/event-stream' }
const plain = openaiCompletion(head, 'Hello.', { inputTokens: 30, outputTokens: 2 })

describe('forwarding to a real provider', () => {
  it('exchanges the key, and passes path, query and body on as they are', async () => {
    const { ask, seen } = await behindGate((_req, res) => res.writeHead(200).end(plain))
    const options: AskOptions = { path: '/chat/completions?api-version=3', prompt: 'Grüße 🎉\n[gd:r1:m9]' }
    await ask(options)
    expect(seen[0]).toMatchObject({
      url: '/api/v1/chat/completions?api-version=3',
      headers: { authorization: `Bearer ${REAL_KEY}`, 'accept-encoding': 'identity' },
      body: JSON.stringify({
        model: MODEL,
        stream: false,
        messages: [{ role: 'user', content: options.prompt }],
      }),
    })
    expect(JSON.stringify(seen)).not.toContain(KEYS.primary)
  })

  it('passes a plain answer on untouched and records it under its own id', async () => {
    const headers = {
      'content-type': 'application/json',
      'x-request-id': 'req_real',
      connection: 'keep-alive, x-hop',
      'x-hop': '1',
    }
    const { ask, recorded } = await behindGate((_req, res) => res.writeHead(200, headers).end(plain))
    const answer = await ask()
    expect(answer.text).toBe(plain)
    expect(answer.headers['x-request-id']).toBe('req_real')
    expect(answer.headers).not.toHaveProperty('x-hop')
    expect((await recorded(1))[0]).toMatchObject({
      requestId: 'm7',
      tag: 'chatcmpl-REAL1',
      model: MODEL,
      status: 200,
      failure: null,
      inputTokens: 30,
      outputTokens: 2,
      costUsd: 0.00004,
    })
  })

  it('passes a stream on piece by piece, cut within a character too', async () => {
    const bytes = Buffer.from(STREAM.join(''))
    const { ask, recorded } = await behindGate((_req, res) => {
      res.writeHead(200, sse)
      const sendFrom = (at: number) => {
        if (at >= bytes.length) return res.end()
        res.write(bytes.subarray(at, at + 37))
        setImmediate(() => sendFrom(at + 37))
      }
      sendFrom(0)
    })
    const { text } = await ask({ stream: true })
    expect(text).toBe(STREAM.join(''))
    expect((await recorded(1))[0]).toMatchObject({
      tag: 'chatcmpl-REAL1',
      failure: null,
      inputTokens: 30,
      outputTokens: 2,
      hungUp: false,
    })
  })

  it('does not wait for the end of a stream', async () => {
    let finish: () => void = () => {}
    const { ask } = await behindGate((_req, res) => {
      res.writeHead(200, sse)
      res.write(STREAM[0])
      finish = () => res.end(STREAM.slice(1).join(''))
    })
    const { text } = await ask({ stream: true, onPiece: () => finish() })
    expect(text).toBe(STREAM.join(''))
  })

  it('knows no tokens and no cost of a stream that does not state them', async () => {
    const silent = openaiChunks(head, false)
    const text = [silent.content('hi'), silent.finish('stop'), silent.done()].join('')
    const { ask, recorded } = await behindGate((_req, res) => res.writeHead(200, sse).end(text))
    await ask({ stream: true })
    expect((await recorded(1))[0]).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
      failure: null,
    })
  })

  it.each([
    [
      'a refusal',
      401,
      openaiFormat.errorAnswer('invalid-api-key', { requestId: 'r' }).body,
      'credential',
      'invalid_api_key',
    ],
    [
      'an overload',
      503,
      openaiFormat.errorAnswer('overloaded', { requestId: 'r' }).body,
      'overloaded',
      'server_error',
    ],
    ['an empty answer', 200, openaiCompletion(head, '', { inputTokens: 1, outputTokens: 0 }), 'empty', null],
  ])('passes %s on and records what it amounts to', async (_, status, body, failure, code) => {
    const { ask, recorded } = await behindGate((_req, res) => res.writeHead(status, { 'x-v': '1' }).end(body))
    expect(await ask()).toMatchObject({ status, text: body })
    expect((await recorded(1))[0]).toMatchObject({ status, failure, code })
  })

  it('records an error within a stream', async () => {
    const broken = [STREAM[0], 'data: {"error":{"code":"insufficient_quota","message":"out"}}\n\n'].join('')
    const { ask, recorded } = await behindGate((_req, res) => res.writeHead(200, sse).end(broken))
    expect((await ask({ stream: true })).text).toBe(broken)
    expect((await recorded(1))[0]).toMatchObject({ status: 200, failure: 'quota', tag: 'chatcmpl-REAL1' })
  })

  it('forwards what is no attempt, unrecorded', async () => {
    const { ask, seen, attempts } = await behindGate((_req, res) => res.writeHead(200).end('{"data":[]}'))
    expect(await ask({ method: 'GET', path: '/models' })).toMatchObject({ status: 200, text: '{"data":[]}' })
    expect(seen[0]!.url).toBe('/api/v1/models')
    expect(attempts).toEqual([])
  })
})

describe('when the upstream breaks', () => {
  it('breaks too, in the middle of a stream: never a clean end', async () => {
    const { ask, recorded } = await behindGate((_req, res) => {
      res.writeHead(200, sse)
      res.write(STREAM.slice(0, 2).join(''), () => setTimeout(() => res.destroy(), 20))
    })
    await expect(ask({ stream: true })).rejects.toBeInstanceOf(Error)
    expect((await recorded(1))[0]).toMatchObject({
      tag: 'chatcmpl-REAL1',
      failure: 'connection',
      code: 'upstream_broke_off',
      hungUp: false,
    })
  })

  it('says that nobody is there', async () => {
    const { ask, recorded, server } = await behindGate(() => {})
    server.close()
    const { status, text } = await ask()
    expect(status).toBe(502)
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'upstream_unreachable' } })
    expect(text).toContain('ECONNREFUSED')
    expect((await recorded(1))[0]).toMatchObject({
      status: 502,
      failure: 'connection',
      requestId: 'm7',
      costUsd: 0,
    })
  })

  it('does not trust a certificate that nobody vouches for', async () => {
    const { server } = await behindGate((_req, res) => res.end(plain))
    const { port } = server.address() as { port: number }
    const primary: RealProviderConfig = {
      kind: 'real',
      name: 'acme',
      format: 'openai',
      model: MODEL,
      baseUrl: `https://localhost:${port}/v1`,
      key: 'ACME_API_KEY',
    }
    const untrusting = await testGate({
      providers: { primary, secondary: fastProvider() },
      realKeys: { primary: REAL_KEY },
    })
    const { status, text } = await untrusting.ask()
    expect(status).toBe(502)
    expect(text).toContain('SELF_SIGNED')
  })
})

describe('a caller that hangs up', () => {
  it('ends the request at the real provider within a second', async () => {
    let closed: (atMs: number) => void = () => {}
    const upstreamClosed = new Promise<number>((resolve) => (closed = resolve))
    const { ask, recorded } = await behindGate((_req, res) => {
      res.once('close', () => closed(systemClock.now()))
      res.writeHead(200, sse)
      res.write(STREAM[0])
    })
    const going = new AbortController()
    let leftMs = 0
    const leave = () => {
      leftMs = systemClock.now()
      going.abort()
    }
    await expect(ask({ stream: true, signal: going.signal, onPiece: leave })).rejects.toBeInstanceOf(Error)
    expect((await upstreamClosed) - leftMs).toBeLessThan(1000)
    expect((await recorded(1))[0]).toMatchObject({
      hungUp: true,
      tag: 'chatcmpl-REAL1',
      failure: null,
      costUsd: null,
    })
  })
})

describe('faults in front of a real provider', () => {
  it('refuses a revoked key without asking the provider', async () => {
    const { ask, control, seen, recorded } = await behindGate((_req, res) => res.end(plain))
    const fault = { kind: 'revoke-key', shape: 'account-deactivated', spreadOver: 0 } as const
    await control.apply({ id: 'f1', provider: 'primary', fault, capMs: 60_000 })
    expect(await ask()).toMatchObject({ status: 401 })
    expect(seen).toEqual([])
    expect((await recorded(1))[0]).toMatchObject({
      fault: 'f1',
      code: 'account_deactivated',
      requestId: 'm7',
    })
  })

  it.each([true, false])('holds the first token back (stream: %s)', async (stream) => {
    const { ask, control, recorded } = await behindGate((_req, res) => {
      if (stream) res.writeHead(200, sse).end(STREAM.join(''))
      else res.writeHead(200, { 'content-type': 'application/json' }).end(plain)
    })
    const fault = { kind: 'slow-first-token', delay: 300, share: 1 } as const
    await control.apply({ id: 's1', provider: 'primary', fault, capMs: 60_000 })
    expect((await ask({ stream })).text).toBe(stream ? STREAM.join('') : plain)
    const [attempt] = await recorded(1)
    expect(attempt!.firstByteMs! - attempt!.startMs).toBeGreaterThanOrEqual(299)
    expect(attempt).toMatchObject({ fault: 's1', failure: null })
  })
})

describe('keys', () => {
  it('stay where they belong, even if the provider quotes the real one', async () => {
    const quoting = JSON.stringify({
      error: { code: 'invalid_api_key', message: `Incorrect API key provided: ${REAL_KEY}.` },
    })
    const { ask, attempts, recorded, seen, control } = await behindGate((_req, res) => {
      res.writeHead(401, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(quoting),
        'x-echo': REAL_KEY,
      })
      res.write(quoting.slice(0, 80))
      setTimeout(() => res.end(quoting.slice(80)), 20)
    })
    const answer = await ask()
    await recorded(1)
    expect(answer.text).toBe(quoting.replace(REAL_KEY, '*'.repeat(REAL_KEY.length)))
    const shown = JSON.stringify([answer, attempts, await control.state()])
    expect(shown).not.toContain(REAL_KEY)
    expect(shown).not.toContain(KEYS.primary)
    expect(shown).not.toContain(TOKEN)
    expect(JSON.stringify(seen)).not.toContain(KEYS.primary)
  })

  it('of a real provider must be there before anything starts', async () => {
    const primary: RealProviderConfig = {
      kind: 'real',
      name: 'acme',
      format: 'openai',
      model: MODEL,
      baseUrl: 'https://api.example.com/v1',
      key: 'ACME_API_KEY',
    }
    const starting = startGate({
      listen: '127.0.0.1',
      ports: { primary: 0, secondary: 0, control: 0 },
      providers: { primary, secondary: fastProvider() },
      keys: KEYS,
      controlToken: TOKEN,
      seed: 1,
      clock: systemClock,
    })
    await expect(starting).rejects.toMatchObject({
      code: 'REAL_KEY_MISSING',
      exitCode: 2,
      hint: 'Set the environment variable ACME_API_KEY.',
    })
  })
})

it('never writes a prompt into an attempt', async () => {
  const { ask, recorded } = await testGate()
  await ask({ prompt: 'CANARY-PROMPT in the text\n[gd:r1:m1]' })
  await ask({ prompt: 'CANARY-PROMPT in the text\n[gd:r1:m2]', key: 'sk-wrong-0123456789abcdef' })
  expect(JSON.stringify(await recorded(2))).not.toContain('CANARY')
})
