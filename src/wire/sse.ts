import { StringDecoder } from 'node:string_decoder'
import { createParser } from 'eventsource-parser'

/** Most characters of one event; more is not a stream of tokens, and would fill the memory. */
const LARGEST_EVENT = 8_000_000

const BYTE_ORDER_MARK = '\uFEFF'

export interface SseHandlers {
  /** One event: its name, if it has one, and its data. */
  onEvent: (event: string | undefined, data: string) => void
  /** An event grew past all measure: nothing more is read. */
  onOverflow?: () => void
}

/** Cuts bytes, which come in pieces of any size, into events. */
export function sseReader({ onEvent, onOverflow }: SseHandlers): (bytes: Uint8Array) => void {
  // Holds back the bytes of a character that a chunk border cuts in two. A TextDecoder would drop the byte order mark as
  // well, but in Node 20 one that is made for a short stream costs a quarter of reading it.
  const decoder = new StringDecoder('utf8')
  let begun = false
  let overflowed = false
  // eventsource-parser 3.1.1 sits on a CR at the end of a chunk even when what follows shows that no LF belongs to it.
  let heldBack = ''
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
    if (overflowed) return
    const read = decoder.write(bytes)
    const text = heldBack + (!begun && read.startsWith(BYTE_ORDER_MARK) ? read.slice(1) : read)
    begun ||= read !== ''
    heldBack = text.endsWith('\r') ? '\r' : ''
    parser.feed(heldBack === '' ? text : text.slice(0, -1))
  }
}
