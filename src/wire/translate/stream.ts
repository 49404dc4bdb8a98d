import { sseReader } from '../sse.ts'

/** Writes one stream anew as its bytes come, in pieces of any size. */
export interface StreamTranslator {
  /** Takes the next bytes and returns what they complete; empty if nothing. */
  push(bytes: Uint8Array): string
  /** What is still to be said once a complete stream is over. */
  end(): string
}

/** What reads the events of one stream and writes those of the other. */
export interface EventTranslator {
  read: (event: string | undefined, data: string) => void
  /** Called once no more will come of a stream that is complete. */
  end: () => void
}

/** Makes a translator of bytes from one of events. */
export function streamTranslator(make: (write: (text: string) => void) => EventTranslator): StreamTranslator {
  let written = ''
  const { read, end } = make((text) => void (written += text))
  const push = sseReader({ onEvent: read })
  const take = (): string => {
    const text = written
    written = ''
    return text
  }
  return {
    push(bytes) {
      push(bytes)
      return take()
    },
    end() {
      end()
      return take()
    },
  }
}
