import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWeighedServer, type WeighedServer } from '../support/toxiproxy-weighed.ts'

const REQUESTS = 10_000
const BATCH = 50
const STREAM_RUNS = 400
/** For the streams: as many runs as fit in, but no fewer than make sense. */
const [STREAM_MS, LEAST_RUNS] = [30_000, 40]

let server: WeighedServer
let port: number
const agent = new Agent({ keepAlive: true, maxSockets: 20 })

beforeAll(async () => {
  server = await startWeighedServer()
  port = Number(new URL(server.url).port)
})
afterAll(() => {
  agent.destroy()
  server.stop()
})
/** What the server's process has thrown, and whether it still answers. */
async function health(): Promise<{ faults: string[]; status: number }> {
  const [{ faults }, { status }] = [await server.weigh(), await send('GET', '/version', null)]
  return { faults, status }
}
const WELL = { faults: [], status: 200 }

/** Bytes that are no request, or one that somebody has tampered with. */
const rawRequest = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .record({
      line: fc.constantFrom(
        'GET /proxies HTTP/1.1',
        'POST /proxies HTTP/1.1',
        'PATCH /proxies/p HTTP/1.0',
        'GET /proxies HTTP/9.9',
        'BREW / HTTP/1.1',
      ),
      headers: fc.array(
        fc.constantFrom(
          'Host: x',
          'Content-Length: 5',
          'Content-Length: -1',
          'Content-Length: 99999999999999999999',
          'Transfer-Encoding: chunked',
          'Transfer-Encoding: rubbish',
          'Expect: 100-continue',
          'Upgrade: websocket',
          'Connection: upgrade',
          'X: '.padEnd(20_000, 'x'),
          'no colon',
          ': no name',
        ),
        { maxLength: 4 },
      ),
      body: fc.string({ maxLength: 50 }),
      tampered: fc.option(fc.record({ at: fc.nat(60), byte: fc.nat(255) })),
    })
    .map(({ line, headers, body, tampered }) => {
      const bytes = Buffer.from(`${[line, ...headers].join('\r\n')}\r\n\r\n${body}`)
      if (tampered !== null && tampered.at < bytes.length) bytes[tampered.at] = tampered.byte
      return bytes
    }),
)

const path = fc.oneof(
  fc.constantFrom(
    '/proxies',
    '/populate',
    '/proxies/p',
    '/proxies/p/toxics',
    '/proxies/p/toxics/t',
    '/reset',
    '/proxies/%70',
    '/proxies/%ff',
    '/proxies/..',
    '//proxies//p',
  ),
  fc.webPath(),
)

const number = fc.constantFrom(0, -1, 1.5, 1e3, 1e308, 2 ** 53, -(2 ** 63), 4294967296, 65536)
const value: fc.Arbitrary<unknown> = fc.oneof(
  number,
  fc.boolean(),
  fc.constant(null),
  fc.string(),
  fc.constant([]),
  fc.constant({}),
)
// Not just any address: names would be looked up in the network.
const listen = fc.oneof(
  number,
  fc.constantFrom(
    '',
    '127.0.0.1:0',
    ':0',
    'rubbish',
    '[::1',
    '127.0.0.1:99999',
    'a:b:c',
    '[]:0',
    '127.0.0.1:',
  ),
)
const fields = fc.dictionary(
  fc.constantFrom(
    'latency',
    'jitter',
    'rate',
    'delay',
    'timeout',
    'average_size',
    'size_variation',
    'bytes',
    'Bytes',
  ),
  value,
)
const wrongBody = fc.record(
  {
    name: fc.oneof(value, fc.constantFrom('p', 't')),
    listen,
    upstream: fc.oneof(value, fc.constant('127.0.0.1:9')),
    enabled: value,
    type: fc.oneof(
      value,
      fc.constantFrom(
        'latency',
        'bandwidth',
        'slicer',
        'limit_data',
        'timeout',
        'reset_peer',
        'slow_close',
        'noop',
      ),
    ),
    stream: fc.oneof(value, fc.constantFrom('upstream', 'DOWNSTREAM')),
    toxicity: value,
    attributes: fc.oneof(fields, value),
    toxics: value,
  },
  { requiredKeys: [] },
)
const text = fc.oneof(
  wrongBody.map((body) => JSON.stringify(body)),
  fc.array(wrongBody, { maxLength: 3 }).map((bodies) => JSON.stringify(bodies)),
  fc.json(),
  fc.string({ unit: 'binary' }),
  // Cut off or with a letter changed somewhere.
  fc.tuple(wrongBody, fc.nat(200), fc.string({ maxLength: 2 })).map(([body, at, other]) => {
    const whole = JSON.stringify(body)
    return whole.slice(0, at % (whole.length + 1)) + other + (at % 2 === 0 ? '' : whole.slice(at))
  }),
)
const malformed = fc.oneof(
  { weight: 1, arbitrary: rawRequest.map((bytes) => ({ bytes })) },
  {
    weight: 2,
    arbitrary: fc.record({ method: fc.constantFrom('POST', 'PATCH', 'DELETE', 'GET', 'PUT'), path, text }),
  },
)

function send(method: string, where: string, body: string | null): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    // Node frames no body of a DELETE by itself, and what it leaves unframed would be taken for the next request.
    const headers = { 'content-length': Buffer.byteLength(body ?? '') }
    const sent = request({ host: '127.0.0.1', port, method, path: where, headers, agent }, (response) => {
      response.resume()
      response.on('end', () => resolve({ status: response.statusCode ?? 0 }))
    })
    sent.setTimeout(20_000, () => sent.destroy(new Error(`${method} ${where} ${body} was never answered`)))
    sent.on('error', (error: NodeJS.ErrnoException & { code?: string }) => {
      // A connection that the server closed as this request went out.
      if (error.code === 'ECONNRESET') resolve({ status: 0 })
      else reject(error)
    })
    sent.end(body ?? undefined)
  })
}

/** Sends bytes, ends, and waits until the server has closed. */
async function sendRaw(bytes: Buffer): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  socket.resume()
  socket.end(bytes)
  const closed = await Promise.race([once(socket, 'close').then(() => true), sleep(20_000, false)])
  socket.destroy()
  if (!closed) throw new Error(`the server never closed after ${bytes.toString('latin1')}`)
}

describe('the API', () => {
  it(`survives ${REQUESTS.toLocaleString('en-US')} malformed requests and still answers`, async () => {
    let sent = 0
    await fc.assert(
      fc.asyncProperty(fc.array(malformed, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
        await Promise.all(
          batch.map((one) => ('bytes' in one ? sendRaw(one.bytes) : send(one.method, one.path, one.text))),
        )
        sent += batch.length
        for (const { name } of await server.control.listProxies()) {
          // What has a slash in its name can never be deleted; a few of them do no harm.
          if (!name.includes('/') && name !== '.' && name !== '..') await server.control.deleteProxy(name)
        }
      }),
      { numRuns: REQUESTS / BATCH, endOnFailure: true },
    )
    expect(sent).toBe(REQUESTS)
    expect(await health()).toEqual(WELL)
  })
})

/** Toxics that lose nothing, with settings under which a stream is through in a moment. */
const lossless = fc.oneof(
  fc
    .record({ latency: fc.integer({ min: -5, max: 20 }), jitter: fc.integer({ min: 0, max: 20 }) })
    .map((attributes) => ({ type: 'latency', attributes })),
  fc
    .record({ rate: fc.integer({ min: 20_000, max: 10_000_000 }) })
    .map((attributes) => ({ type: 'bandwidth', attributes })),
  fc
    .record({
      average_size: fc.integer({ min: 200, max: 5000 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      delay: fc.integer({ min: 0, max: 100 }),
    })
    .map(({ average_size, part, delay }) => ({
      type: 'slicer',
      attributes: { average_size, size_variation: Math.floor(average_size * part), delay },
    })),
  fc
    .record({ delay: fc.integer({ min: 0, max: 20 }) })
    .map((attributes) => ({ type: 'slow_close', attributes })),
  fc.constant({ type: 'noop', attributes: {} }),
)
/** Toxics that cut or drop. */
const lossy = fc.oneof(
  fc
    .record({ bytes: fc.integer({ min: 0, max: 60_000 }) })
    .map((attributes) => ({ type: 'limit_data', attributes })),
  fc
    .record({ timeout: fc.integer({ min: 1, max: 30 }) })
    .map((attributes) => ({ type: 'timeout', attributes })),
  fc
    .record({ timeout: fc.integer({ min: 0, max: 30 }) })
    .map((attributes) => ({ type: 'reset_peer', attributes })),
)
const stream = fc.constantFrom('upstream', 'downstream')
const toxicOf = (kind: fc.Arbitrary<object>) =>
  fc
    .tuple(kind, stream, fc.constantFrom(0, 0.5, 1, 1, 1))
    .map(([what, way, toxicity]) => ({ ...what, stream: way, toxicity }))
const chunk = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 200 }))
  .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes)))
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ from: fc.constantFrom('client' as const, 'server' as const), chunk }) },
  { weight: 1, arbitrary: fc.record({ add: toxicOf(lossless) }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ restMs: fc.integer({ min: 1, max: 5 }) }) },
)

class Side {
  sent = Buffer.alloc(0)
  got = Buffer.alloc(0)
  socket: Socket
  closed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('error', () => undefined)
    socket.on('data', (data: Buffer) => (this.got = Buffer.concat([this.got, data])))
    socket.once('end', () => (this.closed = true))
    socket.once('close', () => (this.closed = true))
  }

  send(bytes: Buffer): void {
    if (this.closed) return
    this.sent = Buffer.concat([this.sent, bytes])
    this.socket.write(bytes)
  }
}

describe('the proxies', () => {
  let upstream: Server
  const accepted: Socket[] = []
  let made = 0

  beforeAll(async () => {
    upstream = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket)).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
  })
  afterAll(() => upstream.close())

  const json = (value_: unknown) => JSON.stringify(value_)
  const call = async (method: string, where: string, body: unknown): Promise<number> =>
    (await send(method, where, json(body))).status

  it('never pass a wrong byte under any toxics, and lose none where these lose none', async () => {
    let runs = 0
    let whole = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(toxicOf(lossless), { maxLength: 4 }),
        fc.array(toxicOf(lossy), { maxLength: 1 }),
        fc.array(act, { minLength: 1, maxLength: 25 }),
        async (kind, cutting, acts) => {
          const name = `s${++made}`
          const at = `127.0.0.1:${(upstream.address() as AddressInfo).port}`
          const proxy = await server.control.createProxy({ name, listen: '127.0.0.1:0', upstream: at })
          let toxics = 0
          const add = (one: object) =>
            call('POST', `/proxies/${name}/toxics`, { ...one, name: `t${toxics++}` })
          for (const one of [...kind, ...cutting]) mustBe([200], await add(one))
          const socket = connect({
            port: Number(proxy.listen.split(':').at(-1)),
            host: '127.0.0.1',
            allowHalfOpen: true,
          })
          const client = new Side(socket)
          const answering = new Side(await accept())
          for (const one of acts) {
            if ('chunk' in one) (one.from === 'client' ? client : answering).send(one.chunk)
            else if ('add' in one) mustBe([200], await add(one.add))
            else if ('remove' in one) {
              // Removing one that cuts may rightly close the connection, which is not looked for here.
              const which = one.remove % Math.max(1, toxics)
              if (which >= kind.length && which < kind.length + cutting.length) continue
              mustBe([204, 404], await call('DELETE', `/proxies/${name}/toxics/t${which}`, {}))
            } else await sleep(one.restMs)
          }
          const done = () =>
            client.got.length === answering.sent.length && answering.got.length === client.sent.length
          const untilMs = performance.now() + (cutting.length === 0 ? 10_000 : 60)
          while (!done() && performance.now() < untilMs) await sleep(2)
          expect(isPrefix(client.got, answering.sent)).toBe(true)
          expect(isPrefix(answering.got, client.sent)).toBe(true)
          // What was cut or dropped is the toxic's right; without such a one, all must have come.
          const left = cutting.length > 0 ? [] : [answering.sent.length, client.sent.length]
          expect(cutting.length > 0 ? [] : [client.got.length, answering.got.length]).toEqual(left)
          whole += cutting.length === 0 ? 1 : 0
          client.socket.destroy()
          answering.socket.destroy()
          await server.control.deleteProxy(name)
          runs++
        },
      ),
      {
        numRuns: STREAM_RUNS,
        interruptAfterTimeLimit: STREAM_MS,
        markInterruptAsFailure: false,
        endOnFailure: true,
      },
    )
    expect(runs).toBeGreaterThan(LEAST_RUNS)
    expect(whole).toBeGreaterThan(LEAST_RUNS / 4)
    expect(await health()).toEqual(WELL)
  })

  async function accept(): Promise<Socket> {
    if (accepted.length === 0) await once(upstream, 'connection')
    const socket = accepted.shift()
    if (socket === undefined) throw new Error('nobody was accepted')
    return socket
  }
})

const isPrefix = (part: Buffer, all: Buffer) => part.equals(all.subarray(0, part.length))

function mustBe(wanted: readonly number[], status: number): void {
  if (!wanted.includes(status)) throw new Error(`the API answered ${status}, not ${wanted.join(' or ')}`)
}
