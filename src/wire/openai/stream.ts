import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { classifyParsed } from '../classify.ts'
import type { StreamEvent, StreamFacts, StreamReader, StreamVerdict, WireError } from '../format.ts'
import { countOrNull, isObject, objectsIn, parseJson, textOrNull, type JsonObject } from '../json.ts'
import { hasError } from './answer.ts'
import { finishReasonOf, hasContent, partsOf } from './choice.ts'
import { TextTail } from './tail.ts'
import { judgeStream } from './verdict.ts'

/** Most characters of one event; more is not a stream of tokens, and would fill the memory. */
const LARGEST_EVENT = 8_000_000

/** After the first content only these can change the verdict. Quotes within a JSON string are escaped, so none matches in a text. */
const MAY_MATTER = /"finish_reason"\s*:\s*"|"usage"\s*:\s*\{|"error"\s*:\s*[{"]/
const PLAIN_CONTENT = /"content"\s*:\s*"[^"]/
const TOOL_CALL = /"tool_calls"\s*:\s*\[\s*\{/

/**
 * Reads a Chat Completions stream. An event is parsed as JSON until the first content has come, and afterwards only if
 * it may carry a finish reason, usage or an error: the rest is told by its look, to keep the router's hot path short.
 */
export function openaiStreamReader(onEvent: (event: StreamEvent) => void = () => {}): StreamReader {
  const facts: StreamFacts = {
    id: null,
    tag: null,
    model: null,
    finishReason: null,
    inputTokens: null,
    outputTokens: null,
    content: false,
    done: false,
  }
  let failure: WireError | null = null
  let overflowed = false
  const tail = new TextTail()
  // Holds back the bytes of a character that a chunk border cuts in two; drops a byte order mark.
  const decoder = new TextDecoder()
  const parser = createParser({
    onEvent: read,
    onError: (error) => {
      if (error.type !== 'max-buffer-size-exceeded') return
      overflowed = true
      malformed()
    },
    maxBufferSize: LARGEST_EVENT,
  })

  function read({ event, data }: EventSourceMessage): void {
    if (data.startsWith('[DONE]')) {
      facts.done = true
      onEvent({ type: 'done' })
    } else if (facts.content && event === undefined && isPlain(data)) {
      tail.push(data)
      onEvent({ type: 'content' })
    } else if (data === '' || event === 'ping') {
      onEvent({ type: 'lifecycle' })
    } else {
      readWhole(data, event)
    }
  }

  function readWhole(data: string, event: string | undefined): void {
    const body = parseJson(data)
    if (event === 'error' || (isObject(body) && hasError(body['error']))) {
      return failed(classifyParsed(null, body, data))
    }
    if (!isObject(body)) return malformed()

    facts.id ??= textOrNull(body['id'])
    facts.tag ??= facts.id
    facts.model ??= textOrNull(body['model'])
    const choices = objectsIn(body['choices'])
    const carries = partsOf(choices, 'delta').some(hasContent)
    if (carries) {
      facts.content = true
      tail.push(data)
      onEvent({ type: 'content' })
    }
    const finished = readFinish(choices, data)
    const counted = readUsage(body['usage'])
    if (!carries && !finished && !counted) onEvent({ type: 'lifecycle' })
  }

  function readFinish(choices: readonly JsonObject[], data: string): boolean {
    const reason = finishReasonOf(choices)
    if (reason === null) return false
    if (reason === 'error') {
      failed({ class: 'stream-error', code: null, message: data.slice(0, 200) })
    } else {
      facts.finishReason ??= reason
      onEvent({ type: 'finish', reason })
    }
    return true
  }

  function readUsage(usage: unknown): boolean {
    if (!isObject(usage)) return false
    const [inputTokens, outputTokens] = [
      countOrNull(usage['prompt_tokens']),
      countOrNull(usage['completion_tokens']),
    ]
    if (inputTokens === null || outputTokens === null) return false
    Object.assign(facts, { inputTokens, outputTokens })
    onEvent({ type: 'usage', inputTokens, outputTokens })
    return true
  }

  // The first failure is the reason; what follows it is a consequence.
  function failed(error: WireError): void {
    failure ??= error
    onEvent({ type: 'error', error })
  }

  function malformed(): void {
    failure ??= {
      class: 'malformed',
      code: null,
      message: 'an event of the stream is not JSON of the expected shape',
    }
    onEvent({ type: 'malformed' })
  }

  return {
    facts,
    push(bytes) {
      if (overflowed) return
      parser.feed(decoder.decode(bytes, { stream: true }))
    },
    end(): StreamVerdict {
      facts.tag = tail.tag() ?? facts.id
      return judgeStream(facts, failure)
    },
  }
}

/** Whether an event is a piece of content and nothing more, as far as its look can tell. */
function isPlain(data: string): boolean {
  return (
    (PLAIN_CONTENT.test(data) || TOOL_CALL.test(data)) &&
    !MAY_MATTER.test(data) &&
    data.startsWith('{') &&
    data.endsWith('}')
  )
}
