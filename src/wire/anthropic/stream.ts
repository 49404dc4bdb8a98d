import { classifyParsed } from '../classify.ts'
import { noFacts, Trouble } from '../facts.ts'
import { Frame } from '../frame.ts'
import type { StreamEvent, StreamReader, StreamVerdict } from '../format.ts'
import { isObject, parseJson, textOrNull, type JsonObject } from '../json.ts'
import { sseReader } from '../sse.ts'
import { TextTail } from '../tail.ts'
import { hasError, judgeStream } from '../verdict.ts'
import { isContent, isToolCall } from './blocks.ts'
import { anthropicUsage } from './usage.ts'

/**
 * Reads a Messages stream:
 *
 *     message_start, ( content_block_start, content_block_delta …, content_block_stop ) …, message_delta, message_stop
 *
 * Pings may stand anywhere and are no content; usage is cumulative, the last one counts; `message_stop` is the terminal
 * marker. Once content has come, a piece of text is told by its frame, to keep the router's hot path short.
 */
export function anthropicStreamReader(onEvent: (event: StreamEvent) => void = () => {}): StreamReader {
  const facts = noFacts()
  const trouble = new Trouble(onEvent)
  const tail = new TextTail((event) => textAdded(parseJson(event)))
  const frame = new Frame('text')
  /** The blocks that have begun, and those of them that call a tool. */
  const [begun, calls] = [new Set<unknown>(), new Set<unknown>()]
  const push = sseReader({ onEvent: read, onOverflow: () => trouble.malformed() })

  function read(event: string | undefined, data: string): void {
    // Clients read no further than the marker, whatever else comes.
    if (facts.done) return
    if (event === 'content_block_delta' && frame.holds(data)) {
      tail.push(data)
      onEvent({ type: 'content' })
    } else if (data === '' || event === 'ping') {
      onEvent({ type: 'lifecycle' })
    } else {
      readWhole(event, data)
    }
  }

  function readWhole(event: string | undefined, data: string): void {
    const body = parseJson(data)
    if (event === 'error' || (isObject(body) && (body['type'] === 'error' || hasError(body['error']))))
      return trouble.failed(classifyParsed(null, body, data))
    if (!isObject(body)) return trouble.malformed()

    switch (body['type']) {
      case 'message_start':
        return readStart(body['message'])
      case 'content_block_start':
      case 'content_block_delta':
        return readBlock(body, data)
      case 'message_delta':
        return readEnd(body)
      case 'message_stop':
        facts.done = true
        return onEvent({ type: 'done' })
      default:
        return onEvent({ type: 'lifecycle' })
    }
  }

  function readStart(message: unknown): void {
    if (!isObject(message)) return trouble.malformed()
    facts.id ??= textOrNull(message['id'])
    facts.tag ??= facts.id
    facts.model ??= textOrNull(message['model'])
    // What it states as output so far is a beginning, and not what will be billed.
    Object.assign(facts, { ...anthropicUsage(message['usage']), outputTokens: null })
    onEvent({ type: 'lifecycle' })
  }

  function readBlock(body: JsonObject, data: string): void {
    const { index, content_block: block } = body
    if (body['type'] === 'content_block_start') begun.add(index)
    if (isObject(block) && isToolCall(block)) calls.add(index)
    if (!carriesContent(body)) return onEvent({ type: 'lifecycle' })
    // Nobody can say what it is a piece of.
    if (!(textAdded(body) === '' ? calls : begun).has(index)) return trouble.malformed()
    facts.content = true
    tail.push(data)
    onEvent({ type: 'content' })
    if (body['type'] === 'content_block_delta') frame.learn(data)
  }

  function readEnd({ delta, usage }: JsonObject): void {
    const reason = isObject(delta) ? textOrNull(delta['stop_reason']) : null
    if (reason !== null) {
      facts.finishReason ??= reason
      onEvent({ type: 'finish', reason })
    }
    for (const [name, tokens] of Object.entries(anthropicUsage(usage)))
      if (tokens !== null) Object.assign(facts, { [name]: tokens })
    const { inputTokens, outputTokens } = facts
    if (inputTokens !== null && outputTokens !== null) onEvent({ type: 'usage', inputTokens, outputTokens })
    else if (reason === null) onEvent({ type: 'lifecycle' })
  }

  return {
    facts,
    push,
    end(): StreamVerdict {
      facts.tag = tail.tag() ?? facts.id
      return judgeStream(facts, trouble.first)
    },
  }
}

/** Whether a block that begins, or a piece of one, is content: a piece of a tool's input is, a thought is not. */
function carriesContent(event: JsonObject): boolean {
  const { delta, content_block: block } = event
  if (isObject(block)) return isContent(block)
  return textAdded(event) !== '' || inputAdded(delta) !== null
}

function inputAdded(delta: unknown): string | null {
  return isObject(delta) && delta['type'] === 'input_json_delta' ? textOrNull(delta['partial_json']) : null
}

/** The text that an event adds to the answer. */
function textAdded(event: unknown): string {
  if (!isObject(event)) return ''
  const part = event['delta'] ?? event['content_block']
  if (!isObject(part)) return ''
  return part['type'] === 'text_delta' || part['type'] === 'text' ? (textOrNull(part['text']) ?? '') : ''
}
