import { createParser } from 'eventsource-parser'

/** Most characters of one event; more is not a stream of tokens, and would fill the memory. */
const LARGEST_EVENT = 8_000_000

export interface SseHandlers {
  /** One event: its name, if it has one, and its data. */
  onEvent: (event: string | undefined, data: string) => void
  /** An event grew past all measure: nothing more is read. */
  onOverflow?: () => void
}

/** Cuts bytes, which come in pieces of any size, into events. */
export function sseReader({ onEvent, onOverflow }: SseHandlers): (bytes: Uint8Array) => void {
  // Holds back the bytes of a character that a chunk border cuts in two; drops a byte order mark.
  const decoder = new TextDecoder()
  let overflowed = false
  const parser = createParser({
    onEvent: ({ event, data }) => onEvent(event, data),
    onError: (error) => {
      if (error.type !== 'max-buffer-size-exceeded') return
      overflowed = true
      onOverflow?.()
    },
    maxBufferSize: LARGEST_EVENT,
  })
  return (bytes) => {
    if (!overflowed) parser.feed(decoder.decode(bytes, { stream: true }))
  }
}
