import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a vendor that is not simulated behaves. */
export type Manner = 'echoes' | 'never-answers'

export interface Upstream {
  baseUrl: string
  stop(): Promise<void>
}

/**
 * A server that stands for a real vendor. `echoes` answers whole or as a stream with the caller's own prompt as the
 * text, and now and then with an error that quotes the caller's key: the worst that could end up in a log.
 */
export async function startUpstream(manner: Manner): Promise<Upstream> {
  let count = 0
  const server: Server = createServer((request, response) => {
    if (manner === 'never-answers') return void request.resume()
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(pieces).toString()) as {
        stream?: boolean
        messages: { content: string }[]
      }
      const text = asked.messages.at(-1)?.content ?? ''
      const id = `chatcmpl-up${++count}`
      const head = { id, created: 1, model: 'gpt-4o-mini' }
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
      if (count % 150 === 0) {
        const message = `Incorrect API key provided: ${request.headers.authorization ?? ''}; you asked: ${text}`
        response.writeHead(500, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } }))
      } else if (asked.stream === true) {
        const chunk = (choices: unknown[], more = {}) =>
          `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]))
        response.write(chunk([{ index: 0, delta: { content: text }, finish_reason: null }]))
        response.write(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]))
        response.end(`${chunk([], { usage })}data: [DONE]\n\n`)
      } else {
        const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
