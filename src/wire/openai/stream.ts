import { classifyParsed } from '../classify.ts'
import { noFacts, Trouble } from '../facts.ts'
import type { StreamEvent, StreamReader, StreamVerdict } from '../format.ts'
import { isObject, objectsIn, parseJson, textOrNull, type JsonObject } from '../json.ts'
import { sseReader } from '../sse.ts'
import { TextTail } from '../tail.ts'
import { hasError, judgeStream } from '../verdict.ts'
import { finishReasonOf, hasContent, partsOf, textOf } from './choice.ts'
import { openaiUsage } from './usage.ts'

/** After the first content only these can change the verdict. Quotes within a JSON string are escaped, so none matches in a text. */
const MAY_MATTER = /"finish_reason"\s*:\s*"|"usage"\s*:\s*\{|"error"\s*:\s*[{"]/
const PLAIN_CONTENT = /"content"\s*:\s*"[^"]/
const TOOL_CALL = /"tool_calls"\s*:\s*\[\s*\{/

/**
 * Reads a Chat Completions stream. An event is parsed as JSON until the first content has come, and afterwards only if
 * it may carry a finish reason, usage or an error: the rest is told by its look, to keep the router's hot path short.
 */
export function openaiStreamReader(onEvent: (event: StreamEvent) => void = () => {}): StreamReader {
  const facts = noFacts()
  const trouble = new Trouble(onEvent)
  const tail = new TextTail(textIn)
  const push = sseReader({ onEvent: read, onOverflow: () => trouble.malformed() })

  function read(event: string | undefined, data: string): void {
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
      return trouble.failed(classifyParsed(null, body, data))
    }
    if (!isObject(body)) return trouble.malformed()

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
      trouble.failed({ class: 'stream-error', code: null, message: data.slice(0, 200) })
    } else {
      facts.finishReason ??= reason
      onEvent({ type: 'finish', reason })
    }
    return true
  }

  function readUsage(usage: unknown): boolean {
    const stated = openaiUsage(usage)
    const { inputTokens, outputTokens } = stated
    if (inputTokens === null || outputTokens === null) return false
    Object.assign(facts, stated)
    onEvent({ type: 'usage', inputTokens, outputTokens })
    return true
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

/** Whether an event is a piece of content and nothing more, as far as its look can tell. */
function isPlain(data: string): boolean {
  return (
    (PLAIN_CONTENT.test(data) || TOOL_CALL.test(data)) &&
    !MAY_MATTER.test(data) &&
    data.startsWith('{') &&
    data.endsWith('}')
  )
}

function textIn(event: string): string {
  const body = parseJson(event)
  return isObject(body) ? partsOf(objectsIn(body['choices']), 'delta').map(textOf).join('') : ''
}
