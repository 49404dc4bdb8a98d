import { isObject, objectsIn, parseJson, textOrNull, type JsonObject } from '../json.ts'
import { inPieces } from '../pieces.ts'
import { anthropicEvent } from './build.ts'

/**
 * Plays a plain answer as the events of a stream, all at once and in the vendor's order. Null where it is no answer of
 * blocks that can be played: see `isPlayable`.
 */
export function anthropicReplay(body: string): string | null {
  const answer = parseJson(body)
  if (!isObject(answer) || !Array.isArray(answer['content']) || !answer['content'].every(isPlayable))
    return null
  const { content, stop_reason, stop_sequence, usage, ...head } = answer
  const stated = isObject(usage) ? usage : {}
  const message = {
    ...head,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    // What is stated as output at the beginning is no more than that.
    usage: { ...stated, output_tokens: Math.min(1, Number(stated['output_tokens'] ?? 0)) },
  }
  return [
    anthropicEvent({ type: 'message_start', message }),
    ...objectsIn(content).flatMap((block, index) => [
      anthropicEvent({ type: 'content_block_start', index, content_block: begun(block) }),
      ...deltasOf(block).map((delta) => anthropicEvent({ type: 'content_block_delta', index, delta })),
      anthropicEvent({ type: 'content_block_stop', index }),
    ]),
    anthropicEvent({
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: stop_sequence ?? null },
      usage: Object.fromEntries(COUNTED_AT_THE_END.map((name) => [name, stated[name] ?? null])),
    }),
    anthropicEvent({ type: 'message_stop' }),
  ].join('')
}

const COUNTED_AT_THE_END = [
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
] as const

/** Whether a block means the same when it is played again: not what a tool of the vendor's found on that day. */
export function isPlayable(block: unknown): boolean {
  if (!isObject(block)) return false
  const { type, citations } = block
  if (type === 'text') return !Array.isArray(citations) || citations.length === 0
  return type === 'tool_use' || type === 'thinking' || type === 'redacted_thinking'
}

/** A block as its first event shows it. */
function begun(block: JsonObject): JsonObject {
  if (block['type'] === 'text') return { ...block, text: '' }
  if (block['type'] === 'tool_use') return { ...block, input: {} }
  if (block['type'] === 'thinking') return { ...block, thinking: '', signature: '' }
  return block
}

function deltasOf({ type, text, input, thinking, signature }: JsonObject): JsonObject[] {
  if (type === 'text') return inPieces(text).map((piece) => ({ type: 'text_delta', text: piece }))
  if (type === 'tool_use') return [{ type: 'input_json_delta', partial_json: JSON.stringify(input ?? {}) }]
  if (type !== 'thinking') return []
  return [
    ...inPieces(thinking).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
    ...(textOrNull(signature) === null ? [] : [{ type: 'signature_delta', signature }]),
  ]
}
