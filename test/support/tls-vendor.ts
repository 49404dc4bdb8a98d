import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

const pem = (name: string) => fileURLToPath(new URL(`../fixtures/tls/localhost.${name}.pem`, import.meta.url))

/** What a child trusts the vendor by, as NODE_EXTRA_CA_CERTS. */
export const VENDOR_CA = pem('cert')

/** Tokens of every answer. */
const TOKENS_OUT = 100
const FIRST_TOKEN_MS = 60

interface Asked {
  model: string
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  messages: unknown
}

/** What a vendor has answered and would bill. */
export interface Ledger {
  answers: number
  tokensIn: number
  tokensOut: number
  /** Requests that came with another key than its own. */
  strangers: number
}

export interface Vendor {
  baseUrl: string
  ledger: Ledger
  stop: () => Promise<void>
}

/**
 * A server that stands for a real vendor: over TLS, in its own format, for its own key alone, with tokens that it counts
 * and keeps a ledger of. It is written without the code that it tests.
 */
export async function tlsVendor(format: 'openai' | 'anthropic', key: string): Promise<Vendor> {
  const ledger: Ledger = { answers: 0, tokensIn: 0, tokensOut: 0, strangers: 0 }
  const speaks = format === 'openai' ? openai : anthropic
  const server = createServer(
    { key: readFileSync(pem('key')), cert: readFileSync(pem('cert')) },
    (request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        const asked = JSON.parse(Buffer.concat(pieces).toString()) as Asked
        if (!speaks.knows(request, key)) {
          ledger.strangers++
          return void response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{}}')
        }
        const tokensIn = Math.ceil(JSON.stringify(asked.messages).length / 4)
        ledger.answers++
        ledger.tokensIn += tokensIn
        ledger.tokensOut += TOKENS_OUT
        setTimeout(
          () => speaks.answer(response, asked, { id: `${ledger.answers}`, tokensIn }),
          FIRST_TOKEN_MS,
        )
      })
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `https://localhost:${port}/v1`,
    ledger,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Speaks {
  knows: (request: IncomingMessage, key: string) => boolean
  answer: (response: ServerResponse, asked: Asked, facts: { id: string; tokensIn: number }) => void
}

const JSON_TYPE = { 'content-type': 'application/json' }
const STREAM_TYPE = { 'content-type': 'text/event-stream' }

const openai: Speaks = {
  knows: ({ url, headers }, key) =>
    url === '/v1/chat/completions' && headers.authorization === `Bearer ${key}`,
  answer: (response, { model, stream, stream_options: options }, { id, tokensIn }) => {
    const head = { id: `chatcmpl-${id}`, created: 1, model }
    const usage = {
      prompt_tokens: tokensIn,
      completion_tokens: TOKENS_OUT,
      total_tokens: tokensIn + TOKENS_OUT,
    }
    if (stream !== true) {
      const message = { role: 'assistant', content: 'Gladly.' }
      const choices = [{ index: 0, message, finish_reason: 'stop' }]
      return void response
        .writeHead(200, JSON_TYPE)
        .end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
    }
    const chunk = (choices: unknown[], more = {}) =>
      response.write(
        `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`,
      )
    response.writeHead(200, STREAM_TYPE)
    chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }])
    chunk([{ index: 0, delta: { content: 'Gladly.' }, finish_reason: null }])
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])
    if (options?.include_usage === true) chunk([], { usage })
    response.end('data: [DONE]\n\n')
  },
}

const anthropic: Speaks = {
  knows: ({ url, headers }, key) =>
    url === '/v1/messages' && headers['x-api-key'] === key && headers['anthropic-version'] !== undefined,
  answer: (response, { model, stream }, { id, tokensIn }) => {
    const head = { id: `msg_${id}`, type: 'message', role: 'assistant', model, stop_sequence: null }
    if (stream !== true) {
      const content = [{ type: 'text', text: 'Gladly.' }]
      const usage = { input_tokens: tokensIn, output_tokens: TOKENS_OUT }
      return void response
        .writeHead(200, JSON_TYPE)
        .end(JSON.stringify({ ...head, content, stop_reason: 'end_turn', usage }))
    }
    const event = (body: { type: string; [field: string]: unknown }) =>
      response.write(`event: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`)
    response.writeHead(200, STREAM_TYPE)
    const usage = { input_tokens: tokensIn, output_tokens: 1 }
    event({ type: 'message_start', message: { ...head, content: [], stop_reason: null, usage } })
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
    event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Gladly.' } })
    event({ type: 'content_block_stop', index: 0 })
    event({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: TOKENS_OUT },
    })
    event({ type: 'message_stop' })
    response.end()
  },
}
