import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { openaiChunks, openaiCompletion, openaiHeaders } from '../../src/wire/index.ts'

/** A part of the router's benchmark that is not the router, in a process of its own: `upstream` or `passthrough <url>`. */

const head = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'gpt-4o-mini' }
const words = Array.from({ length: 20 }, (_, at) => `word${at} `)
const tokens = { inputTokens: 40, outputTokens: words.length }
const plain = Buffer.from(openaiCompletion(head, words.join(''), tokens))
const writer = openaiChunks(head, false)
const events = [
  writer.role(),
  ...words.map((word) => writer.content(word)),
  writer.finish('stop'),
  writer.done(),
]

/** Answers at once: as many bytes as a short answer has, and nothing that would cost time. */
const upstream: RequestListener = (request, response) => {
  let asksForStream = false
  request.on('data', (chunk: Buffer) => (asksForStream ||= chunk.includes('"stream":true')))
  request.on('end', () => {
    const headers = openaiHeaders('req-bench')
    if (asksForStream) {
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' })
      for (const event of events) response.write(event)
      response.end()
    } else {
      response.writeHead(200, {
        ...headers,
        'content-type': 'application/json',
        'content-length': plain.length,
      })
      response.end(plain)
    }
  })
}

/** The least that a proxy on node:http and undici can do: everything is passed on, nothing is looked at. */
function passthrough(url: string): RequestListener {
  const pool = new Pool(url, { headersTimeout: 0, bodyTimeout: 0 })
  return (request, response) => {
    void pool
      .request({
        path: request.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
        body: request,
      })
      .then(({ statusCode, headers, body }) => {
        delete headers['transfer-encoding']
        delete headers['connection']
        delete headers['keep-alive']
        response.writeHead(statusCode, headers)
        body.pipe(response)
      })
  }
}

const [part, url = ''] = process.argv.slice(2)
const server = createServer({ keepAliveTimeout: 75_000 }, part === 'upstream' ? upstream : passthrough(url))
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`listens on http://127.0.0.1:${port}\n`)
})
