import type { StreamEvent, StreamFacts, WireError } from './format.ts'

/** What is known of a stream before its first byte. */
export function noFacts(): StreamFacts {
  return {
    id: null,
    tag: null,
    model: null,
    finishReason: null,
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    cacheWrite1hTokens: null,
    content: false,
    done: false,
  }
}

/** Keeps a stream's first failure, which is the reason: what follows it is a consequence. */
export class Trouble {
  #first: WireError | null = null
  readonly #onEvent: (event: StreamEvent) => void

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent
  }

  get first(): WireError | null {
    return this.#first
  }

  failed(error: WireError): void {
    this.#first ??= error
    this.#onEvent({ type: 'error', error })
  }

  malformed(): void {
    this.#first ??= {
      class: 'malformed',
      code: null,
      message: 'an event of the stream is not JSON of the expected shape',
    }
    this.#onEvent({ type: 'malformed' })
  }
}
