import fc from 'fast-check'
import type { FormatId } from '../../src/base/index.ts'

/** The body of an answer, well or not. */
export interface Body {
  format: FormatId
  stream: boolean
  bytes: Buffer
  /** Nothing was done to it: whoever refuses it is wrong. */
  healthy: boolean
}

/** One event of a stream. */
interface Event {
  name?: string
  data: string
}

/** What an answer says. */
interface Content {
  texts: string[]
  /** The pieces of a tool's arguments; none without a call. */
  call: string[]
  usage: unknown
}

/** Texts that look like something else to whoever reads without parsing. */
const TREACHEROUS = [
  '","finish_reason":"stop',
  '"},"finish_reason":"stop"}]}',
  '\n\ndata: [DONE]\n\n',
  '[DONE]',
  '{"error":{"message":"Overloaded"}}',
  '\\',
  '"',
  '\u0000',
  '\u2028',
  '\r\n\r\n',
  'é',
  '世界 🌍',
  '👩‍👩‍👧‍👦',
  ' [by:chatcmpl-nobody]',
  'x'.repeat(3000),
]
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom(...TREACHEROUS) },
)
/** Tokens as nobody has ever been billed them, or not at all. */
const ABSURD = [null, {}, [], 'twelve', -1, 1.5, 1e308, true]
const usage = fc.oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.record({ in: fc.nat(9000), out: fc.nat(900) }),
  fc.record({ in: fc.constantFrom(...ABSURD), out: fc.constantFrom(...ABSURD) }),
)
const content: fc.Arbitrary<Content> = fc
  .record({ texts: fc.array(text, { minLength: 1, maxLength: 6 }), call: fc.option(text), usage })
  .map(({ texts, call, usage }) => {
    const json = call === null ? '' : JSON.stringify({ city: call })
    return { texts, call: json === '' ? [] : [json.slice(0, 7), json.slice(7)], usage }
  })

const stated = (usage: unknown): { in?: unknown; out?: unknown } => (usage ?? {}) as object

function openaiEvents({ texts, call, usage }: Content): Event[] {
  const head = { id: 'chatcmpl-fuzz', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini' }
  const chunk = (choices: object[], more: object = {}) => ({
    data: JSON.stringify({ ...head, choices, ...more }),
  })
  const delta = (delta: object, finish: string | null = null) =>
    chunk([{ index: 0, delta, finish_reason: finish }])
  const called = (one: object) => delta({ tool_calls: [{ index: 0, ...one }] })
  const counted = { prompt_tokens: stated(usage).in, completion_tokens: stated(usage).out }
  return [
    delta({ role: 'assistant', content: '' }),
    ...texts.map((text) => delta({ content: text })),
    ...(call.length === 0
      ? []
      : [called({ id: 'call_1', type: 'function', function: { name: 'look', arguments: '' } })]),
    ...call.map((piece) => called({ function: { arguments: piece } })),
    delta({}, call.length === 0 ? 'stop' : 'tool_calls'),
    ...(usage === undefined ? [] : [chunk([], { usage: usage === null ? null : counted })]),
    { data: '[DONE]' },
  ]
}

function anthropicEvents({ texts, call, usage }: Content): Event[] {
  const event = (body: { type: string; [field: string]: unknown }) => ({
    name: body.type,
    data: JSON.stringify(body),
  })
  const message = {
    id: 'msg_fuzz',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content: [],
    stop_reason: null,
    usage: usage === undefined ? undefined : { input_tokens: stated(usage).in, output_tokens: 1 },
  }
  const block = (index: number, block: object, deltas: object[]) => [
    event({ type: 'content_block_start', index, content_block: block }),
    ...deltas.map((delta) => event({ type: 'content_block_delta', index, delta })),
    event({ type: 'content_block_stop', index }),
  ]
  const end = { type: 'message_delta', delta: { stop_reason: call.length === 0 ? 'end_turn' : 'tool_use' } }
  return [
    event({ type: 'message_start', message }),
    event({ type: 'ping' }),
    ...block(
      0,
      { type: 'text', text: '' },
      texts.map((text) => ({ type: 'text_delta', text })),
    ),
    ...(call.length === 0
      ? []
      : block(
          1,
          { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
          call.map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
        )),
    event({ ...end, usage: usage === undefined ? undefined : { output_tokens: stated(usage).out } }),
    event({ type: 'message_stop' }),
  ]
}

function openaiWhole({ texts, call, usage }: Content): object {
  const calls = [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: call.join('') } }]
  const message = {
    role: 'assistant',
    content: texts.join(''),
    ...(call.length === 0 ? {} : { tool_calls: calls }),
  }
  return {
    id: 'chatcmpl-fuzz',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o-mini',
    choices: [{ index: 0, message, finish_reason: call.length === 0 ? 'stop' : 'tool_calls' }],
    usage: { prompt_tokens: stated(usage).in, completion_tokens: stated(usage).out },
  }
}

function anthropicWhole({ texts, call, usage }: Content): object {
  const input: unknown = call.length === 0 ? null : JSON.parse(call.join(''))
  return {
    id: 'msg_fuzz',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content: [
      { type: 'text', text: texts.join('') },
      ...(input === null ? [] : [{ type: 'tool_use', id: 'toolu_1', name: 'look', input }]),
    ],
    stop_reason: input === null ? 'end_turn' : 'tool_use',
    usage: { input_tokens: stated(usage).in, output_tokens: stated(usage).out },
  }
}

/** Events that no healthy stream has. */
const ODD: Event[] = [
  'null',
  '""',
  '0',
  '{}',
  '[]',
  '{',
  'x',
  '{"choices":null}',
  '{"choices":[{"delta":null}]}',
  '{"choices":[{"delta":{"content":null}}]}{"choices":[]}',
  '{"choices":[{"index":0,"delta":{"content":"a"}"finish_reason":null}]}',
  '{"error":null,"choices":[]}',
  '{"error":{"message":"Overloaded","type":"overloaded_error"}}',
  '{"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}',
  '{"type":"message_start","message":null}',
  '{"type":"content_block_delta","index":7,"delta":{"type":"text_delta","text":"b"}}',
  '{"type":"content_block_delta","index":-1,"delta":null}',
  '{"type":"content_block_stop","index":"0"}',
  '['.repeat(20_000),
  `{"choices":${'['.repeat(5000)}${']'.repeat(5000)}}`,
  `{"choices":[{"index":0,"delta":{"content":"${'y'.repeat(200_000)}"},"finish_reason":null}]}`,
].map((data) => ({ data }))
ODD.push(
  { name: 'error', data: '{"type":"error","error":{"type":"api_error","message":"no"}}' },
  { name: 'error', data: 'no' },
  { name: 'ping', data: '' },
)

const place = fc.nat(9999).map((part) => part / 10_000)
type Change<T> = (all: T) => T
const at = (length: number, place: number) => Math.floor(place * (length + 1))

const eventChange: fc.Arbitrary<Change<Event[]>> = fc.oneof(
  place.map(
    (one): Change<Event[]> =>
      (all) =>
        all.toSpliced(at(all.length - 1, one), 1),
  ),
  fc.tuple(place, place).map(([from, to]): Change<Event[]> => (all) => {
    const moved = all[at(all.length - 1, from)]
    return moved === undefined ? all : all.toSpliced(at(all.length, to), 0, moved)
  }),
  fc.tuple(place, fc.constantFrom(...ODD)).map(
    ([one, odd]): Change<Event[]> =>
      (all) =>
        all.toSpliced(at(all.length, one), 0, odd),
  ),
)
const byteChange: fc.Arbitrary<Change<Buffer>> = fc.oneof(
  place.map(
    (one): Change<Buffer> =>
      (all) =>
        all.subarray(0, at(all.length, one)),
  ),
  fc.tuple(place, fc.nat(255)).map(([one, byte]): Change<Buffer> => (all) => {
    const copy = Buffer.from(all)
    if (copy.length > 0) copy[at(copy.length - 1, one)] = byte
    return copy
  }),
  fc
    .tuple(place, fc.constantFrom('\u0000', '\r', '\n', '\n\n', '"', '}', '\u00ff', ':', '\ufeff'))
    .map(([one, odd]): Change<Buffer> => (all) => {
      const where = at(all.length, one)
      return Buffer.concat([all.subarray(0, where), Buffer.from(odd, 'latin1'), all.subarray(where)])
    }),
  fc.tuple(place, fc.nat(40)).map(([one, length]): Change<Buffer> => (all) => {
    const where = at(all.length, one)
    return Buffer.concat([all.subarray(0, where), all.subarray(where + length)])
  }),
)
/** Mostly nothing or one thing, so that what is wrong is not hidden by what else is wrong. */
const few = <T>(change: fc.Arbitrary<Change<T>>): fc.Arbitrary<Change<T>[]> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Change<T>[]>([]) },
    { weight: 2, arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }) },
  )

const EOLS = ['\n', '\r\n', '\r']

/** A stream, in one of the ways in which the standard lets it be written down. */
function streamBody(format: FormatId): fc.Arbitrary<Body> {
  return fc
    .record({
      content,
      eols: fc.array(fc.constantFrom(...EOLS), { minLength: 1, maxLength: 3 }),
      mark: fc.boolean(),
      spaced: fc.boolean(),
      besides: fc.constantFrom('', ': PROCESSING', 'id: 7', 'retry: 10', 'unknown'),
      events: few(eventChange),
      bytes: few(byteChange),
    })
    .map(({ content, eols, mark, spaced, besides, events, bytes }) => {
      let all = format === 'openai' ? openaiEvents(content) : anthropicEvents(content)
      for (const change of events) all = change(all)
      const space = spaced ? ' ' : ''
      const written = all.map(({ name, data }, index) => {
        // One kind of break an event: a CR before an LF would be one break instead of two.
        const eol = eols[index % eols.length]!
        const lines = [
          ...(name === undefined ? [] : [`event:${space}${name}`]),
          ...(besides === '' ? [] : [besides]),
        ]
        return [...lines, `data:${space}${data}`, ''].map((text) => text + eol).join('')
      })
      let body: Buffer = Buffer.from((mark ? '\ufeff' : '') + written.join(''))
      for (const change of bytes) body = change(body)
      return { format, stream: true, bytes: body, healthy: events.length + bytes.length === 0 }
    })
}

function plainBody(format: FormatId): fc.Arbitrary<Body> {
  const deep = (levels: number) =>
    `{"choices":${'['.repeat(levels)}${']'.repeat(levels)},"content":[{"type":"tool_use","input":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}],"stop_reason":"x"}`
  const json = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value))
  const odd = fc.oneof(json, fc.constantFrom('', ' ', 'null', '<html>', deep(100), deep(30_000)))
  const answer = fc
    .record({ content, indent: fc.constantFrom(0, 2), bytes: few(byteChange) })
    .map(({ content, indent, bytes }) => {
      const whole = format === 'openai' ? openaiWhole(content) : anthropicWhole(content)
      let body: Buffer = Buffer.from(JSON.stringify(whole, null, indent))
      for (const change of bytes) body = change(body)
      return { format, stream: false, bytes: body, healthy: bytes.length === 0 }
    })
  const none = odd.map((text) => ({ format, stream: false, bytes: Buffer.from(text), healthy: false }))
  return fc.oneof({ weight: 4, arbitrary: answer }, { weight: 1, arbitrary: none })
}

/** Any body in a format, plain or streamed. */
export const bodyIn = (format: FormatId, stream: boolean): fc.Arbitrary<Body> =>
  stream ? streamBody(format) : plainBody(format)

/** Where a body falls apart into the pieces in which it is read: anywhere, within a character too. */
export const cuts = fc.array(place, { maxLength: 6 })

export function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const borders = [
    0,
    ...cuts.map((cut) => Math.floor(cut * bytes.length)).toSorted((a, b) => a - b),
    bytes.length,
  ]
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end))
}
