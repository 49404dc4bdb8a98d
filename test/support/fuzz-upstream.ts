import { createServer, type AddressInfo, type Socket } from 'node:net'
import fc from 'fast-check'
import type { FormatId } from '../../src/base/index.ts'
import { bodyIn, cuts, split, type Body } from './fuzz-bodies.ts'

/** How an upstream answers one request: with which head, in which frame, and what it lies about. */
export interface Script {
  body: Body
  status: number
  contentType: string | null
  framing: 'length' | 'chunked' | 'close'
  lie: 'none' | 'longer' | 'shorter' | 'bad chunk' | 'reset' | 'stalls' | 'silence' | 'garbage' | 'endless'
  cuts: number[]
}

const honest = (stream: boolean) => (stream ? 'text/event-stream' : 'application/json')

/** Any way to answer a request in a format. Half of them are good ones. */
export const anyScript = (format: FormatId, stream: boolean): fc.Arbitrary<Script> =>
  fc.record({
    body: bodyIn(format, stream),
    status: fc.oneof(
      { weight: 8, arbitrary: fc.constant(200) },
      { weight: 1, arbitrary: fc.constantFrom(204, 302, 400, 401, 404, 429, 500, 503, 529) },
    ),
    contentType: fc.oneof(
      { weight: 6, arbitrary: fc.constant(honest(stream)) },
      { weight: 1, arbitrary: fc.constantFrom(null, 'text/html', 'text/plain', honest(!stream)) },
    ),
    framing: fc.constantFrom('length', 'chunked', 'close'),
    lie: fc.oneof(
      { weight: 24, arbitrary: fc.constant<'none'>('none') },
      { weight: 6, arbitrary: fc.constantFrom('longer', 'shorter', 'bad chunk', 'reset', 'garbage') },
      // These wait for a clock.
      { weight: 1, arbitrary: fc.constantFrom('stalls', 'silence', 'endless') },
    ) as fc.Arbitrary<Script['lie']>,
    cuts,
  })

/** Nothing about it is wrong. */
export const isHonest = ({ body, status, contentType, lie }: Script): boolean =>
  body.healthy && status === 200 && contentType === honest(body.stream) && lie === 'none'

/** What of its body is on the wire, as HTTP counts: a stated length cuts off what follows. */
export const onTheWire = ({ body: { bytes }, framing, lie }: Script): Buffer =>
  lie === 'shorter' && framing === 'length' ? bytes.subarray(0, bytes.length >> 1) : bytes

export interface RawUpstream {
  url: string
  /** Requests whose answer is under way. */
  busy: () => number
  stop: () => Promise<void>
}

/** An upstream on a bare socket, which can say what no HTTP server would. `scriptOf` finds a request's script by its text. */
export async function startRawUpstream(
  scriptOf: (request: string) => Script | undefined,
): Promise<RawUpstream> {
  const sockets = new Set<Socket>()
  const busy = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => (sockets.delete(socket), busy.delete(socket)))
    let read = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      read = Buffer.concat([read, chunk])
      const end = read.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(read.subarray(0, end).toString())?.[1] ?? 0)
      if (end === -1 || read.length < end + 4 + length) return
      const request = read.toString()
      read = Buffer.alloc(0)
      const script = scriptOf(request)
      if (script === undefined) return void socket.destroy()
      busy.add(socket)
      void play(socket, script).then((over) => over && busy.delete(socket))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    busy: () => busy.size,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Plays a script; true where the answer is over, and false where it is for the caller to end it. */
async function play(socket: Socket, script: Script): Promise<boolean> {
  const { body, status, contentType, framing, lie } = script
  if (lie === 'silence') return false
  if (lie === 'garbage') {
    socket.end(body.bytes)
    return true
  }
  const length = { longer: body.bytes.length + 10, shorter: body.bytes.length >> 1 }[lie as string]
  const head = [`HTTP/1.1 ${status} So`, 'x-request-id: req-fuzz', 'request-id: req-fuzz']
  if (contentType !== null) head.push(`content-type: ${contentType}`)
  if (framing === 'length') head.push(`content-length: ${length ?? body.bytes.length}`)
  else head.push(framing === 'chunked' ? 'transfer-encoding: chunked' : 'connection: close')
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const pieces = split(body.bytes, script.cuts)
  for (const [index, piece] of pieces.entries()) {
    if (lie === 'reset' && index === pieces.length - 1) {
      socket.resetAndDestroy()
      return true
    }
    if (framing !== 'chunked') socket.write(piece)
    else if (piece.length > 0) {
      socket.write(`${lie === 'bad chunk' && index > 0 ? 'zz' : piece.length.toString(16)}\r\n`)
      socket.write(Buffer.concat([piece, Buffer.from('\r\n')]))
    }
    await new Promise(setImmediate)
  }
  if (lie === 'stalls' || socket.destroyed) return false
  if (lie === 'endless') {
    const drip = setInterval(() => socket.write(framing === 'chunked' ? '5\r\n: hi\n\r\n' : ': hi\n'), 20)
    socket.on('close', () => clearInterval(drip))
    return false
  }
  if (framing === 'chunked') socket.write('0\r\n\r\n')
  if (framing === 'close' || lie !== 'none') socket.end()
  return true
}
