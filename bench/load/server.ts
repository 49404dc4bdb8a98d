import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '../../src/base/index.ts'
import { findMarker } from '../../src/wire/index.ts'
import type { FromServer, Stamp, ToServer } from './messages.ts'

/**
 * A server of known delay, in a process of its own: it stamps when each request reached it and when it had answered,
 * and freezes as a whole when told to, as a process does that the kernel has stopped.
 */

const stamps: Record<string, Stamp> = {}
let frozen: { fromMs: number; toMs: number } | null = null

const server = createServer((request, answer) => {
  const receivedMs = systemClock.now()
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { messages, stream } = JSON.parse(Buffer.concat(chunks).toString())
    const id = findMarker(messages[0].content)?.requestId ?? ''
    const finish = () => {
      answer.end(stream ? END : COMPLETION)
      stamps[id] = { receivedMs, endMs: systemClock.now() }
    }
    const delayMs = delayOf(id)
    if (!stream) return void setTimeout(finish, delayMs)
    // One after the other: two timers of different lengths may fire in either order on a busy machine.
    setTimeout(() => {
      begin(answer)
      setTimeout(finish, delayMs / 2)
    }, delayMs / 2)
  })
})

/** From 20 to 120 ms, spread evenly by the golden ratio, the same for the same request. */
function delayOf(id: string): number {
  return 20 + 100 * ((Number(id.slice(1)) * 0.618_033_988_75) % 1)
}

const chunk = (choice: object) => {
  const body = {
    id: 't',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'known',
    choices: [{ index: 0, ...choice }],
  }
  return `data: ${JSON.stringify(body)}\n\n`
}
const BEGIN =
  chunk({ delta: { role: 'assistant', content: '' }, finish_reason: null }) +
  chunk({ delta: { content: 'Gladly.' }, finish_reason: null })
const END = `${chunk({ delta: { content: ' Bye.' }, finish_reason: null })}${chunk({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`
const COMPLETION = JSON.stringify({
  id: 't',
  object: 'chat.completion',
  created: 1,
  model: 'known',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Gladly.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
})

function begin(answer: ServerResponse): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream' }).write(BEGIN)
}

function freeze(forMs: number): void {
  const fromMs = systemClock.now()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs)
  frozen = { fromMs, toMs: systemClock.now() }
}

const tell = (message: FromServer) => process.send?.(message)

process.on('message', (message: ToServer) => {
  if (message.type === 'freeze') setTimeout(() => freeze(message.freeze.forMs), message.freeze.afterMs)
  else tell({ type: 'report', stamps, frozen })
})
// While it is frozen the kernel must take the connections: 500/s for 3 s are more than Node's default of 511.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const { port } = server.address() as AddressInfo
  tell({ type: 'listening', port })
})
