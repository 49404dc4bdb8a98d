import type { AnswerCache, Recalled } from '../../cache/index.ts'
import type { FormatId } from '../../base/index.ts'
import type { CacheControl } from './control.ts'
import { KEEPING } from './keeping.ts'

interface MemoParts {
  /** The caller's: an answer is kept and played in its words. */
  format: FormatId
  cache: AnswerCache
  key: string
  control: CacheControl
  mode: 'on-hit' | 'stale-if-error'
  stream: boolean
  includeUsage: boolean
}

/** A kept answer, ready to be sent. */
export interface Replay {
  contentType: string
  body: Buffer
  ageMs: number
}

/** What the cache does for one request: one look at most, and the answer kept once it is complete. */
export class Memo {
  readonly #parts: MemoParts
  #looked = false
  #pieces: Buffer[] | null = []
  #bytes = 0

  constructor(parts: MemoParts) {
    this.#parts = parts
  }

  get mode(): 'on-hit' | 'stale-if-error' {
    return this.#parts.mode
  }

  /** Whether a look could still find an answer. */
  get open(): boolean {
    return !this.#looked && this.#parts.control.maxAgeMs > 0
  }

  /** Looks for an answer, in the shape the caller asked for. Never rejects. */
  async recall(): Promise<Replay | null> {
    this.#looked = true
    const { cache, key, control } = this.#parts
    const found = await cache.recall(key, control.maxAgeMs)
    return found === null ? null : this.#replay(found)
  }

  /** Bytes of a stream went to the caller. */
  streamed(bytes: Buffer): void {
    if (this.#pieces === null || !this.#parts.control.keep) return
    this.#bytes += bytes.length
    // Events are some ten times as long as the text in them.
    if (this.#bytes > 16 * this.#parts.cache.largest) this.#pieces = null
    else this.#pieces.push(bytes)
  }

  /** Keeps the complete answer, after it has left: a plain one, or the stream that went by. */
  keep(whole: Buffer | null, costUsd: number | null): void {
    const { cache, key, control, format } = this.#parts
    const pieces = this.#pieces
    this.#pieces = null
    if (!control.keep || (whole === null && pieces === null)) return
    setImmediate(() => {
      const keeping = KEEPING[format]
      const body = whole?.toString() ?? keeping.whole(Buffer.concat(pieces ?? []).toString())
      if (body !== null && keeping.isWhole(body)) cache.keep(key, { body, costUsd })
    })
  }

  #replay({ body, ageMs }: Recalled): Replay | null {
    const { stream, includeUsage, format } = this.#parts
    const text = stream ? KEEPING[format].replay(body, includeUsage) : body
    const contentType = stream ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8'
    return text === null ? null : { contentType, body: Buffer.from(text), ageMs }
  }
}
