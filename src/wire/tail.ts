import { tagInText } from './marker.ts'

/** A simulated answer's tag has some 30 characters; a router that cuts text anew may spread it over as many events. */
const KEPT = 48

/**
 * Keeps a stream's last events unread, in order to look for the attempt's tag once the stream has ended. It reads
 * backwards and stops at the first event that shows there is no tag, so that a stream without one costs one look.
 */
export class TextTail {
  private readonly textOf: (event: string) => string
  private events: string[] = []

  /** `textOf` reads the text that an event adds to the answer. */
  constructor(textOf: (event: string) => string) {
    this.textOf = textOf
  }

  push(event: string): void {
    this.events.push(event)
    if (this.events.length > 2 * KEPT) this.events = this.events.slice(-KEPT)
  }

  /** Finds the tag at the end of the text; null if there is none. */
  tag(): string | null {
    let text = ''
    for (const event of this.events.toReversed().slice(0, KEPT)) {
      text = this.textOf(event) + text
      const ending = text.trimEnd()
      if (ending !== '' && !ending.endsWith(']')) return null
      const tag = tagInText(ending)
      if (tag !== null) return tag
    }
    return null
  }
}
