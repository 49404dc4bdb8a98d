import { isObject, parseJson, type JsonObject } from '../json.ts'
import { sseReader } from '../sse.ts'

/**
 * Puts a complete Messages stream together into the plain answer that says the same. Null if it holds what it does not
 * know how to put together, such as citations: half an answer is none.
 */
export function anthropicWhole(stream: string): string | null {
  const answer = new Draft()
  let readable = true
  const push = sseReader({ onEvent: (_, data) => void (readable &&= answer.take(parseJson(data))) })
  push(Buffer.from(stream.endsWith('\n\n') ? stream : `${stream}\n\n`))
  return readable ? answer.text() : null
}

/** An answer in the making. */
class Draft {
  #message: JsonObject | null = null
  readonly #blocks: JsonObject[] = []
  /** The input of tools as it comes, by the block. */
  readonly #inputs = new Map<JsonObject, string>()

  /** Takes an event; false if it cannot. */
  take(event: unknown): boolean {
    if (!isObject(event)) return false
    const { type, index, message, delta, content_block: begun, usage } = event
    switch (type) {
      case 'message_start':
        if (!isObject(message)) return false
        this.#message = { ...message }
        return true
      case 'content_block_start':
        return isObject(begun) && this.#begin(index, begun)
      case 'content_block_delta':
        return isObject(delta) && this.#goOn(this.#blocks[Number(index)], delta)
      case 'message_delta':
        return this.#finish(delta, usage)
      case 'error':
        return false
      default:
        return true
    }
  }

  text(): string | null {
    if (this.#message === null) return null
    const content = this.#blocks.map((block) => {
      const input = this.#inputs.get(block)
      return input === undefined || input === '' ? block : { ...block, input: parseJson(input) }
    })
    if (content.some((block) => 'input' in block && !isObject(block['input']))) return null
    return JSON.stringify({ ...this.#message, content })
  }

  #begin(index: unknown, block: JsonObject): boolean {
    return index === this.#blocks.length && this.#blocks.push({ ...block }) > 0
  }

  #goOn(block: JsonObject | undefined, { type, ...piece }: JsonObject): boolean {
    if (block === undefined) return false
    if (type === 'input_json_delta') {
      const { partial_json: part } = piece
      this.#inputs.set(block, (this.#inputs.get(block) ?? '') + (typeof part === 'string' ? part : ''))
      return true
    }
    if (type !== 'text_delta' && type !== 'thinking_delta' && type !== 'signature_delta') return false
    return Object.entries(piece).every(([name, text]) => {
      block[name] = `${typeof block[name] === 'string' ? block[name] : ''}${String(text)}`
      return typeof text === 'string'
    })
  }

  #finish(delta: unknown, usage: unknown): boolean {
    if (this.#message === null || !isObject(delta)) return false
    const before = this.#message['usage']
    const counted = Object.entries(isObject(usage) ? usage : {}).filter(([, count]) => count !== null)
    Object.assign(this.#message, delta, {
      usage: { ...(isObject(before) ? before : {}), ...Object.fromEntries(counted) },
    })
    return true
  }
}
