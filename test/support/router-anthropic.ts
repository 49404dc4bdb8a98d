import type { Script } from './router-upstream.ts'
import { startStream } from './router-upstream.ts'
import { anthropicEvent } from '../../src/wire/anthropic/build.ts'
import { anthropicFormat, type ErrorKind } from '../../src/wire/index.ts'

/** What an upstream of Anthropic's says in the tests: a text, then a call of a tool. */
export const TOOL_CALL = { id: 'toolu_1', name: 'get_weather', input: { city: 'Zürich 🌍' } }

const USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 3,
  cache_read_input_tokens: 87,
  output_tokens: 20,
}

export function message(who: string, more: object = {}): string {
  return JSON.stringify({
    id: `msg_${who}`,
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content: [{ type: 'text', text: `Hello from ${who}. Grüße, 世界 🌍` }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: USAGE,
    ...more,
  })
}

/** The same answer with a call of a tool in it. */
export const toolMessage = (who: string): string =>
  message(who, {
    content: [
      { type: 'text', text: 'Let me look.' },
      { type: 'tool_use', ...TOOL_CALL },
    ],
    stop_reason: 'tool_use',
  })

const start = (who: string) =>
  anthropicEvent({
    type: 'message_start',
    message: {
      id: `msg_${who}`,
      type: 'message',
      role: 'assistant',
      model: 'claude-test',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...USAGE, output_tokens: 1 },
    },
  })
const block = (index: number, content: object) =>
  anthropicEvent({ type: 'content_block_start', index, content_block: content })
const delta = (index: number, piece: object) =>
  anthropicEvent({ type: 'content_block_delta', index, delta: piece })
const stop = (index: number) => anthropicEvent({ type: 'content_block_stop', index })
const ending = (reason: string) => [
  anthropicEvent({
    type: 'message_delta',
    delta: { stop_reason: reason, stop_sequence: null },
    usage: { output_tokens: 20 },
  }),
  anthropicEvent({ type: 'message_stop' }),
]

export const ping = anthropicEvent({ type: 'ping' })

/** The events of a stream of text, one string each. */
export function textStream(who: string): string[] {
  const texts = ['Hello ', `from ${who}. `, 'Grüße, 世界 🌍']
  return [
    start(who),
    block(0, { type: 'text', text: '' }),
    ping,
    ...texts.map((text) => delta(0, { type: 'text_delta', text })),
    stop(0),
    ...ending('end_turn'),
  ]
}

/** The events of a stream of text and a call of a tool, whose input comes in pieces. */
export function toolStream(who: string): string[] {
  const input = JSON.stringify(TOOL_CALL.input)
  const pieces = ['', input.slice(0, 9), input.slice(9)]
  return [
    start(who),
    block(0, { type: 'text', text: '' }),
    delta(0, { type: 'text_delta', text: 'Let me look.' }),
    stop(0),
    block(1, { type: 'tool_use', id: TOOL_CALL.id, name: TOOL_CALL.name, input: {} }),
    ...pieces.map((piece) => delta(1, { type: 'input_json_delta', partial_json: piece })),
    stop(1),
    ...ending('tool_use'),
  ]
}

/** Answers well, plain or streamed as asked, with a call where the request has tools. */
export const anthropicAnswers =
  (who: string): Script =>
  (response, { body }) => {
    const { stream, tools, tool_choice: choice } = JSON.parse(body) as Record<string, unknown>
    const calls =
      tools !== undefined && JSON.stringify(choice) !== '{"type":"none"}' && !body.includes('tool_result')
    if (stream === true) {
      startStream(response)
      response.end((calls ? toolStream(who) : textStream(who)).join(''))
    } else {
      response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_upstream' })
      response.end(calls ? toolMessage(who) : message(who))
    }
  }

/** Refuses in the vendor's words. */
export const anthropicRefuses =
  (kind: ErrorKind): Script =>
  (response) => {
    const { status, headers, body } = anthropicFormat.errorAnswer(kind, { requestId: 'req_upstream' })
    response.writeHead(status, headers)
    response.end(body)
  }
