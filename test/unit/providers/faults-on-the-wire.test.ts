import { createServer } from 'node:http'
import { once } from 'node:events'
import { request } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../../src/base/index.ts'
import type { RealProviderConfig } from '../../../src/config/index.ts'
import type { GateFaultSpec } from '../../../src/providers/index.ts'
import {
  openaiChunks,
  openaiCompletion,
  openaiFormat,
  tenantMark,
  withMarker,
  type StreamEvent,
} from '../../../src/wire/index.ts'
import {
  fastProvider,
  KEYS,
  MODEL,
  testGate,
  type AskOptions,
  type TestGate,
} from '../../support/providers-gate.ts'

const PROMPT = 'Where is my order?\n[gd:r1:m7]'
const head = { id: 'chatcmpl-REAL1', created: 1_700_000_000, model: MODEL }
const chunks = openaiChunks(head, true)
const WORDS = Array.from({ length: 20 }, (_, index) => ` word${index}`)
const usage = { inputTokens: 30, outputTokens: 20 }

type Kind = 'simulated' | 'real'
const BOTH: Kind[] = ['simulated', 'real']

/** A gate in front of a provider whose answers have twenty tokens: simulated, or a real one that states its usage. */
async function gateTo(kind: Kind): Promise<TestGate> {
  if (kind === 'simulated') {
    const primary = fastProvider({
      outputTokens: { least: 20, most: 20 },
      price: { input: 1e6, output: 1e6 },
    })
    return testGate({ providers: { primary, secondary: fastProvider() } })
  }
  const server = createServer((req, res) => {
    const pieces: Buffer[] = []
    req.on('data', (piece: Buffer) => pieces.push(piece))
    req.on('end', () => {
      const { stream } = JSON.parse(Buffer.concat(pieces).toString()) as { stream: boolean }
      if (!stream) {
        res.writeHead(200, { 'content-type': 'application/json' })
        return res.end(openaiCompletion(head, WORDS.join(''), usage))
      }
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      const events = [chunks.role(), ...WORDS.map((word) => chunks.content(word)), chunks.finish('stop')]
      const bytes = Buffer.from([...events, chunks.usage(usage), chunks.done()].join(''))
      // In pieces that are no events, as a network delivers them.
      for (let at = 0; at < bytes.length; at += 700) res.write(bytes.subarray(at, at + 700))
      res.end()
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
    baseUrl: `http://127.0.0.1:${port}/v1`,
    key: 'ACME_API_KEY',
    price: { input: 1e6, output: 1e6 },
  }
  return testGate({
    providers: { primary, secondary: fastProvider() },
    realKeys: { primary: 'sk-real-canary-9d1f6c27b84e' },
  })
}

async function under(kind: Kind, fault: GateFaultSpec) {
  const tested = await gateTo(kind)
  await tested.control.apply({ id: 'f1', provider: 'primary', fault, capMs: 60_000 })
  return {
    ...tested,
    /** Asks and returns the answer with the attempt that the gate has recorded of it. */
    asked: async (options: AskOptions) => {
      const { attempts } = tested
      const before = attempts.length
      const answer = await tested.ask(options)
      const attempt = (await tested.recorded(before + 1))[before]
      return { answer, attempt, events: options.stream === true ? eventsOf(answer.text) : [] }
    },
  }
}

/** What a client reads in a stream: its events in order, contents counted together. */
function eventsOf(text: string): string[] {
  const seen: StreamEvent[] = []
  openaiFormat.streamReader((event) => seen.push(event)).push(Buffer.from(text))
  return seen.map(({ type }) => type)
}
const contents = (events: string[]) => events.filter((type) => type === 'content').length

describe.each(BOTH)('at a %s provider', (kind) => {
  describe.each([false, true])('a request that is refused (stream: %s)', (stream) => {
    it.each<[GateFaultSpec, number, string, RegExp]>([
      [{ kind: 'rate-limited', share: 1 }, 429, 'rate-limit', /Rate limit reached/],
      [{ kind: 'rate-limited', retryAfter: 2500, share: 1 }, 429, 'rate-limit', /try again in 2.5s/],
      [{ kind: 'quota-exhausted', share: 1 }, 429, 'quota', /exceeded your current quota/],
      [{ kind: 'server-error', share: 1 }, 500, 'server-error', /had an error/],
      [{ kind: 'overloaded', share: 1 }, 503, 'overloaded', /overloaded with other requests/],
      [{ kind: 'overloaded', status: 529, share: 1 }, 529, 'overloaded', /overloaded with other requests/],
      [
        { kind: 'request-refused', shape: 'context-too-long', share: 1 },
        400,
        'caller-fault',
        /context_length_exceeded/,
      ],
      [
        { kind: 'request-refused', shape: 'tools-unsupported', share: 1 },
        400,
        'caller-fault',
        /'tools' is not supported/,
      ],
    ])('%o: the vendor’s words, unbilled and laid to the fault', async (fault, status, failure, words) => {
      const { asked, control, ask } = await under(kind, fault)
      const { answer, attempt } = await asked({ stream, prompt: PROMPT })
      expect(answer.status).toBe(status)
      expect(answer.text).toMatch(words)
      expect(answer.headers['retry-after']).toBe(
        'retryAfter' in fault && fault.retryAfter !== undefined ? '3' : undefined,
      )
      expect(attempt).toMatchObject({
        requestId: 'm7',
        status,
        failure,
        fault: 'f1',
        costUsd: 0,
        hungUp: false,
      })
      await control.remove('f1')
      expect((await ask({ stream })).status).toBe(200)
    })
  })

  it('slow headers: not a byte before the delay, and a whole answer after it', async () => {
    const { asked } = await under(kind, { kind: 'slow-headers', delay: 300, share: 1 })
    const { answer, attempt } = await asked({ stream: true, prompt: PROMPT })
    expect(attempt!.firstByteMs! - attempt!.startMs).toBeGreaterThanOrEqual(299)
    expect(answer.text).toContain('data: [DONE]')
    expect(attempt).toMatchObject({ requestId: 'm7', fault: 'f1', failure: null, outputTokens: 20 })
  })

  it('slow headers: a caller that gives up has been told nothing and owes nothing', async () => {
    const { ask, recorded } = await under(kind, { kind: 'slow-headers', delay: 60_000, share: 1 })
    await expect(
      ask({ stream: true, prompt: PROMPT, signal: AbortSignal.timeout(100) }),
    ).rejects.toBeInstanceOf(Error)
    expect((await recorded(1))[0]).toMatchObject({
      requestId: 'm7',
      fault: 'f1',
      status: null,
      firstByteMs: null,
      hungUp: true,
      // A real provider was never asked, and what it does not say is unknown.
      outputTokens: kind === 'simulated' ? 0 : null,
    })
  })

  it.each(['comments', 'events'] as const)('pings only, %s: signs of life and no token', async (shape) => {
    const { asked, control } = await under(kind, { kind: 'pings-only', shape, every: 50, share: 1 })
    let pings = 0
    const { answer, events, attempt } = await asked({
      stream: true,
      prompt: PROMPT,
      onPiece: (text) => {
        pings = text.split('\n\n').length - 1
        // It ends when the fault does, and the answer goes on.
        if (pings === 3) void control.remove('f1')
      },
    })
    expect(pings).toBeGreaterThanOrEqual(3)
    const [first] = answer.text.split('\n\n')
    expect(first).toMatch(
      shape === 'comments' ? /^: ping$/ : /^data: .*"delta":{"role":"assistant","content":""/,
    )
    expect(events.indexOf('content')).toBeGreaterThanOrEqual(shape === 'comments' ? 0 : 3)
    expect(answer.text).toContain('data: [DONE]')
    expect(attempt).toMatchObject({ fault: 'f1', failure: null, outputTokens: 20 })
  })

  it('pings only: a caller that gives up is noticed, and no token is billed', async () => {
    const { ask, recorded } = await under(kind, { kind: 'pings-only', shape: 'events', every: 50, share: 1 })
    await expect(ask({ stream: true, signal: AbortSignal.timeout(200) })).rejects.toBeInstanceOf(Error)
    expect((await recorded(1))[0]).toMatchObject({
      fault: 'f1',
      status: 200,
      hungUp: true,
      outputTokens: kind === 'simulated' ? 0 : null,
    })
  })

  it('a stalled stream: so many tokens, then silence until the caller gives up', async () => {
    const { ask, recorded } = await under(kind, { kind: 'stalled-stream', afterTokens: 5, share: 1 })
    let text = ''
    const asked = ask({ stream: true, signal: AbortSignal.timeout(400), onPiece: (all) => (text = all) })
    await expect(asked).rejects.toBeInstanceOf(Error)
    expect(contents(eventsOf(text))).toBe(5)
    const [attempt] = await recorded(1)
    expect(attempt).toMatchObject({
      fault: 'f1',
      status: 200,
      hungUp: true,
      outputTokens: kind === 'simulated' ? 5 : null,
    })
  })

  it('a stalled stream goes on when the fault ends', async () => {
    const { asked, control } = await under(kind, { kind: 'stalled-stream', afterTokens: 5, share: 1 })
    let ending: NodeJS.Timeout | undefined
    const { events, attempt } = await asked({
      stream: true,
      // Not at once: the stream has stalled when its sixth token has come to the gate, some milliseconds later.
      onPiece: (text) => {
        if (contents(eventsOf(text)) === 5) ending ??= setTimeout(() => void control.remove('f1'), 300)
      },
    })
    expect([contents(events), events.at(-1)]).toEqual([20, 'done'])
    expect(attempt).toMatchObject({ fault: 'f1', failure: null, outputTokens: 20, hungUp: false })
  })

  it('a truncated stream: so many tokens, then a clean end without finish reason and marker', async () => {
    const { asked } = await under(kind, { kind: 'truncated-stream', afterTokens: 7, share: 1 })
    const { answer, events, attempt } = await asked({ stream: true })
    expect(answer.status).toBe(200)
    expect(events.filter((type) => type !== 'lifecycle')).toEqual(Array.from({ length: 7 }, () => 'content'))
    expect(answer.text.endsWith('\n\n')).toBe(true)
    expect(attempt).toMatchObject({
      fault: 'f1',
      failure: 'truncated',
      hungUp: false,
      outputTokens: kind === 'simulated' ? 7 : null,
    })
  })

  it.each([
    [0, 'overloaded', 'overloaded'],
    [4, 'insufficient-quota', 'quota'],
    [4, 'rate-limited', 'rate-limit'],
    [1, 'server-error', 'stream-error'],
  ] as const)(
    'an error within a stream, after a 200 and %i tokens: %s',
    async (afterTokens, error, failure) => {
      const { asked } = await under(kind, { kind: 'stream-error', error, afterTokens, share: 1 })
      const { answer, events, attempt } = await asked({ stream: true })
      expect(answer.status).toBe(200)
      expect(events).toEqual(['lifecycle', ...Array.from({ length: afterTokens }, () => 'content'), 'error'])
      expect(attempt).toMatchObject({
        fault: 'f1',
        status: 200,
        failure: error === 'server-error' ? 'server-error' : failure,
        outputTokens: kind === 'simulated' ? afterTokens : null,
      })
    },
  )

  it('a malformed chunk: one event cut in half among whole ones', async () => {
    const { asked } = await under(kind, { kind: 'malformed-chunk', afterTokens: 3, share: 1 })
    const { events, attempt } = await asked({ stream: true })
    expect(events.filter((type) => type === 'malformed')).toHaveLength(1)
    expect(events.indexOf('malformed')).toBe(4)
    expect([contents(events), events.at(-1)]).toEqual([19, 'done'])
    expect(attempt).toMatchObject({ fault: 'f1', failure: 'malformed', outputTokens: 20 })
  })

  it('an empty answer, streamed: everything but content', async () => {
    const { asked } = await under(kind, { kind: 'empty-answer', share: 1 })
    const { events, attempt } = await asked({ stream: true })
    expect(contents(events)).toBe(0)
    expect(events).toContain('finish')
    expect(events.at(-1)).toBe('done')
    expect(attempt).toMatchObject({ fault: 'f1', status: 200, failure: 'empty', outputTokens: 20 })
  })

  it('an empty answer, plain: everything but content, and billed', async () => {
    const { asked } = await under(kind, { kind: 'empty-answer', share: 1 })
    const { answer, attempt } = await asked({})
    expect(JSON.parse(answer.text)).toMatchObject({
      choices: [{ message: { content: '' }, finish_reason: 'stop' }],
      usage: { completion_tokens: 20 },
    })
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text))
    expect(attempt).toMatchObject({
      fault: 'f1',
      status: 200,
      failure: 'empty',
      outputTokens: kind === 'simulated' ? 20 : null,
    })
  })

  it.each([false, true])('a page in HTML in place of the answer (stream: %s)', async (stream) => {
    const { asked } = await under(kind, { kind: 'wrong-content-type', shape: 'html', share: 1 })
    const { answer, attempt } = await asked({ stream })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(answer.text).toMatch(/^<!DOCTYPE html>/)
    expect(attempt).toMatchObject({ fault: 'f1', status: 200, failure: 'malformed', costUsd: 0 })
  })

  it.each([false, true])('the right bytes labelled text/plain (stream: %s)', async (stream) => {
    const { asked, control } = await under(kind, {
      kind: 'wrong-content-type',
      shape: 'plain-text',
      share: 1,
    })
    const { answer, attempt } = await asked({ stream })
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(attempt).toMatchObject({ fault: 'f1', status: 200, failure: null, outputTokens: 20 })
    await control.remove('f1')
    expect((await asked({ stream })).answer.headers['content-type']).toMatch(
      stream ? /^text\/event-stream/ : /^application\/json/,
    )
  })

  it('a price multiplied: the same answer and tokens, and a bill so many times as high', async () => {
    const { asked, control } = await under(kind, { kind: 'price-multiplied', factor: 3, share: 1 })
    const dear = (await asked({ prompt: PROMPT })).attempt
    await control.remove('f1')
    const usual = (await asked({ prompt: PROMPT })).attempt
    expect(dear).toMatchObject({ fault: 'f1', failure: null, outputTokens: usual!.outputTokens })
    expect(dear!.costUsd).toBeCloseTo(3 * usual!.costUsd!)
    expect(usual!.fault).toBeNull()
  })

  it.each<GateFaultSpec>([
    { kind: 'pings-only', shape: 'events', every: 50, share: 1 },
    { kind: 'stalled-stream', afterTokens: 5, share: 1 },
    { kind: 'truncated-stream', afterTokens: 5, share: 1 },
    { kind: 'stream-error', error: 'overloaded', afterTokens: 0, share: 1 },
    { kind: 'malformed-chunk', afterTokens: 3, share: 1 },
  ])('a plain answer is spared: $kind', async (fault) => {
    const { asked } = await under(kind, fault)
    const { answer, attempt } = await asked({})
    expect(openaiFormat.readAnswer(answer.text).ok).toBe(true)
    expect(attempt).toMatchObject({ fault: null, failure: null })
  })

  it('a stream that is over before its time comes is spared', async () => {
    const { asked } = await under(kind, { kind: 'truncated-stream', afterTokens: 20, share: 1 })
    const { events, attempt } = await asked({ stream: true })
    expect([contents(events), events.at(-1)]).toEqual([20, 'done'])
    expect(attempt).toMatchObject({ fault: null, failure: null })
  })

  it('the other provider is spared', async () => {
    const { asked } = await under(kind, { kind: 'server-error', share: 1 })
    expect((await asked({ role: 'secondary' })).answer.status).toBe(200)
  })
})

describe('a long answer', () => {
  it('has so many times the tokens of a simulated provider, at its pace, and is billed for them', async () => {
    const { asked } = await under('simulated', { kind: 'long-answer', factor: 4, share: 1 })
    const { events, attempt } = await asked({ stream: true })
    expect(contents(events)).toBe(80)
    expect(attempt).toMatchObject({ fault: 'f1', failure: null, outputTokens: 80, costUsd: 88 })
    expect(attempt!.endMs! - attempt!.startMs).toBeGreaterThanOrEqual(60)
  })

  it('is refused for a real provider, with a sentence', async () => {
    const { control } = await gateTo('real')
    const fault = { kind: 'long-answer', factor: 4, share: 1 } as const
    await expect(control.apply({ id: 'f1', provider: 'primary', fault, capMs: 1000 })).rejects.toMatchObject({
      code: 'GATE_REFUSED',
      message: expect.stringContaining(
        '422: acme is a real provider: nothing makes its answers longer',
      ) as string,
    })
    expect((await control.state()).faults).toEqual([])
  })
})

describe('a fault that ends', () => {
  it('at its cap lets go of what it holds', async () => {
    const { ask, control } = await gateTo('simulated')
    const fault = { kind: 'stalled-stream', afterTokens: 2, share: 1 } as const
    await control.apply({ id: 'f1', provider: 'primary', fault, capMs: 300 })
    const startedMs = systemClock.now()
    expect(eventsOf((await ask({ stream: true })).text).at(-1)).toBe('done')
    expect(systemClock.now() - startedMs).toBeGreaterThan(150)
  })

  it('lets go of what it holds when the gate stops', async () => {
    const { ask, control, gate } = await gateTo('simulated')
    const fault = { kind: 'pings-only', shape: 'comments', every: 10_000, share: 1 } as const
    await control.apply({ id: 'f1', provider: 'primary', fault, capMs: 60_000 })
    let begun = () => {}
    const first = new Promise<void>((resolve) => (begun = resolve))
    const ended = ask({ stream: true, onPiece: () => begun() }).catch((error: unknown) => error)
    await first
    await gate.stop()
    expect(await ended).toBeDefined()
  })
})

describe('a fault that is held to one tenant', () => {
  const of = (tenant: string) =>
    withMarker('Grüße 🎉', { runTag: 'r1', requestId: 'm7', tenant: tenantMark('r1', tenant) })

  it.each(BOTH)('strikes that tenant’s requests and nobody else’s, at a %s provider', async (kind) => {
    const tested = await gateTo(kind)
    const fault = { kind: 'rate-limited', tenant: 'acme', share: 1 } as const
    await tested.control.apply({ id: 'f1', provider: 'primary', fault, capMs: 60_000 })
    const statuses = async (...prompts: string[]) =>
      Promise.all(prompts.map(async (prompt) => (await tested.ask({ prompt, stream: true })).status))
    expect(await statuses(of('acme'), of('globex'), PROMPT, 'no marker at all')).toEqual([429, 200, 200, 200])
    const attempts = await tested.recorded(4)
    expect(attempts.filter(({ fault: by }) => by !== null)).toHaveLength(1)
    expect(attempts.find(({ fault: by }) => by === 'f1')).toMatchObject({
      requestId: 'm7',
      failure: 'rate-limit',
    })

    await tested.control.remove('f1')
    expect(await statuses(of('acme'))).toEqual([200])
  })

  it('passes a body on byte for byte that it had to read first', async () => {
    const bodies: Buffer[] = []
    const server = createServer((req, res) => {
      const pieces: Buffer[] = []
      req.on('data', (piece: Buffer) => pieces.push(piece))
      req.on('end', () => {
        bodies.push(Buffer.concat(pieces))
        res.writeHead(200, { 'content-type': 'application/json' }).end(openaiCompletion(head, 'Hi', usage))
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
      baseUrl: `http://127.0.0.1:${port}/v1`,
      key: 'ACME_API_KEY',
    }
    const { control, gate } = await testGate({
      providers: { primary, secondary: fastProvider() },
      realKeys: { primary: 'sk-real-canary-9d1f6c27b84e' },
    })
    const fault = { kind: 'rate-limited', tenant: 'acme', share: 1 } as const
    await control.apply({ id: 'f1', provider: 'primary', fault, capMs: 60_000 })
    // Not UTF-8, which no text survives.
    const sent = Buffer.concat([
      Buffer.from('{"model":"m","x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ])
    const answer = await request(`${gate.urls.primary}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEYS.primary}`, 'content-type': 'application/json' },
      body: sent,
    })
    await answer.body.dump()
    expect(answer.statusCode).toBe(200)
    expect(bodies).toEqual([sent])
  })
})
