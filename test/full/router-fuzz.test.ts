import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORMAT_IDS } from '../../src/base/index.ts'
import { describeReading } from '../support/fuzz-describe.ts'
import { anyMeeting, meet, theRouter } from '../support/fuzz-meeting.ts'

/**
 * 10,000 generated cases: 8,000 bodies through the readers of both formats and the way from one to the other, 1,600
 * callers of a router whose providers lie, and 400 requests that are none. `test/unit/router/fuzz.test.ts` shows that each of
 * these checks finds something. More of them find more: `GAMEDAY_FUZZ_SEED=7`.
 */
const SEED = Number(process.env.GAMEDAY_FUZZ_SEED ?? 20261126)
const [BODIES, MEETINGS, REQUESTS] = [2000, 400, 400]
const MB = 1024 * 1024

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length

describe.each(FORMAT_IDS)(`whatever a provider of %s sends (seed ${SEED})`, (format) => {
  describeReading(format, { seed: SEED, numRuns: BODIES })
})

describe(`the router (seed ${SEED})`, () => {
  it('tells every caller what was said or that it failed, and keeps no socket, whatever its providers do', async () => {
    const before = openSockets()
    const pairs = FORMAT_IDS.flatMap((primary) => FORMAT_IDS.map((secondary) => ({ primary, secondary })))
    // All of them first: making them takes longer than the router's clocks allow.
    const all = pairs.map((formats) => ({
      formats,
      meetings: fc.sample(anyMeeting(formats), { seed: SEED, numRuns: MEETINGS }),
    }))
    const complaints = await Promise.all(all.map(({ formats, meetings }) => meet(meetings, formats)))
    expect(complaints.flat()).toEqual([])
    await expect.poll(openSockets, { timeout: 5000 }).toBeLessThanOrEqual(before)
  })

  it('outlives whatever is sent to it in the place of a request', async () => {
    const formats = { primary: 'openai', secondary: 'anthropic' } as const
    const before = openSockets()
    const middle = await theRouter(
      { primary: 'http://127.0.0.1:9/v1', secondary: 'http://127.0.0.1:9/v1' },
      formats,
      () => {},
    )
    const { port } = new URL(middle.url)
    for (const bytes of fc.sample(anyRequest, { seed: SEED, numRuns: REQUESTS }))
      await throwAt(Number(port), bytes)
    const answer = await fetch(`${middle.url}/chat/completions`, { method: 'POST', body: '{' })
    expect(answer.status).toBe(400)
    await middle.stop()
    await expect.poll(openSockets, { timeout: 5000 }).toBeLessThanOrEqual(before)
  })

  it.each([
    ['comments before its content', true, ': still here\n\n'.repeat(4000), ''],
    [
      'events without content',
      true,
      'data: {"choices":[{"index":0,"delta":{"content":""}}]}\n\n'.repeat(1000),
      '',
    ],
    ['one line', true, 'x'.repeat(65_536), 'data: '],
    ['content', true, 'data: {"choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'.repeat(1000), ''],
    ['a plain answer', false, 'x'.repeat(65_536), '{"choices":"'],
  ])('gives up on %s without an end, and keeps little of it', async (_, stream, piece, opening) => {
    const upstream = await startEndless(piece, opening)
    const urls = { primary: upstream.url, secondary: upstream.url }
    const middle = await theRouter(urls, { primary: 'openai', secondary: 'openai' }, () => {})
    const before = process.memoryUsage().rss
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 10)
    const answer = await fetch(`${middle.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ stream, messages: [] }),
    })
    // Reads slowly, and drops what it reads: what piles up is the router's.
    const reader = answer.body!.getReader()
    let failed = answer.status >= 400
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read())
        await new Promise((resolve) => setTimeout(resolve, 5))
    } catch {
      failed = true
    }
    clearInterval(watch)
    expect(failed).toBe(true)
    // Two attempts of at most 16 MB each, as bytes and as text, and what the collector has not got round to.
    expect(most / MB).toBeLessThan(400)
    await middle.stop()
    await upstream.stop()
    expect(upstream.sent() / MB).toBeLessThan(ENDLESS / MB)
  })
})

/** So much comes, if nobody hangs up and nobody is slower. */
const ENDLESS = 1024 * MB

/** An upstream that never comes to an end, as fast as it is read. */
async function startEndless(piece: string, opening: string) {
  let sent = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n')
      const pour = () => {
        while (!socket.destroyed && sent < ENDLESS) {
          sent += piece.length
          if (!socket.write(piece)) return void socket.once('drain', pour)
        }
      }
      socket.write(opening)
      pour()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    sent: () => sent,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const deep = (levels: number) => `{"messages":${'['.repeat(levels)}${']'.repeat(levels)},"max_tokens":1}`
const anyRequest = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .record({
      line: fc.constantFrom(
        'POST /v1/chat/completions HTTP/1.1',
        'POST /v1/messages HTTP/1.1',
        'GET /v1/models HTTP/1.1',
        'POST /v1/messages HTTP/9.9',
        'PUT /%ff/../v1 HTTP/1.1',
      ),
      headers: fc.array(
        fc.constantFrom(
          'Host: x',
          'Content-Length: -1',
          'Content-Length: 99999999999',
          'Transfer-Encoding: chunked',
          'Transfer-Encoding: rubbish',
          'Expect: 100-continue',
          'Upgrade: websocket',
          'Connection: upgrade',
          `X: ${'x'.repeat(20_000)}`,
          'no colon',
          'x-gameday-tenant: \u00ff',
        ),
        { maxLength: 3 },
      ),
      body: fc.oneof(
        fc.json(),
        fc.string(),
        fc.constantFrom(
          deep(600),
          deep(100_000),
          '{"stream":1,"messages":{}}',
          '{"messages":[null],"stream":true}',
          '[]',
          'null',
        ),
      ),
      honest: fc.boolean(),
      cut: fc.option(fc.nat(99)),
    })
    .map(({ line, headers, body, honest, cut }) => {
      const all = honest
        ? [line, 'Host: x', `Content-Length: ${Buffer.byteLength(body)}`]
        : [line, ...headers]
      const bytes = Buffer.from(`${all.join('\r\n')}\r\n\r\n${body}`)
      return cut === null ? bytes : bytes.subarray(0, Math.ceil((bytes.length * cut) / 100))
    }),
)

/** Sends bytes and goes away, soon after an answer has begun or none has come. */
async function throwAt(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((resolve) => {
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.on('data', () => socket.destroy())
    socket.end(bytes)
    setTimeout(() => socket.destroy(), 40)
  })
}
