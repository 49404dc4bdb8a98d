import { classifyParsed } from '../classify.ts'
import { noFacts, Trouble } from '../facts.ts'
import { Frame } from '../frame.ts'
import type { StreamEvent, StreamReader, StreamVerdict } from '../format.ts'
import { isObject, objectsIn, parseJson, textOrNull, type JsonObject } from '../json.ts'
import { sseReader } from '../sse.ts'
import { TextTail } from '../tail.ts'
import { hasError, judgeStream } from '../verdict.ts'
import { finishReasonOf, hasContent, partsOf, textOf } from './choice.ts'
import { openaiUsage } from './usage.ts'

/**
 * Reads a Chat Completions stream. Once content has come, a piece of text is told by its frame, to keep the router's hot
 * path short.
 */
export function openaiStreamReader(onEvent: (event: StreamEvent) => void = () => {}): StreamReader {
  const facts = noFacts()
  const trouble = new Trouble(onEvent)
  const tail = new TextTail(textIn)
  const frame = new Frame('content')
  const push = sseReader({ onEvent: read, onOverflow: () => trouble.malformed() })

  function read(event: string | undefined, data: string): void {
    // Clients read no further than the marker, whatever else comes.
    if (facts.done) return
    if (data.startsWith('[DONE]')) {
      facts.done = true
      onEvent({ type: 'done' })
    } else if (event === undefined && frame.holds(data)) {
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
    if (carries && !finished && !counted) frame.learn(data)
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

function textIn(event: string): string {
  const body = parseJson(event)
  return isObject(body) ? partsOf(objectsIn(body['choices']), 'delta').map(textOf).join('') : ''
}
