import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { seededRandom, systemClock } from '../src/base/index.ts'
import { configSchema } from '../src/config/index.ts'
import { startRouter } from '../src/router/index.ts'
import { openaiChunks, openaiCompletion, openaiHeaders } from '../src/wire/index.ts'

/** One moving part of the router's benchmark, in a process of its own: `upstream`, `passthrough` or `router`. */

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

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer({ keepAliveTimeout: 75_000 }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function route(url: string): Promise<string> {
  const target = {
    format: 'openai',
    baseUrl: `${url}/v1`,
    key: 'bench',
    price: { input: 0.15, output: 0.6 },
  } as const
  const router = await startRouter({
    config: configSchema.parse({ version: 1 }).router,
    targets: [
      { ...target, role: 'primary', name: 'bench-primary' },
      { ...target, role: 'secondary', name: 'bench-secondary' },
    ],
    clock: systemClock,
    random: seededRandom(1, 'canary'),
    bypass: null,
    onEvent: () => {},
  })
  return router.url.slice(0, -'/v1'.length)
}

const [part, url = ''] = process.argv.slice(2)
const started =
  part === 'upstream' ? serve(upstream) : part === 'passthrough' ? serve(passthrough(url)) : route(url)
process.send?.(await started)
process.on('disconnect', () => process.exit(0))
