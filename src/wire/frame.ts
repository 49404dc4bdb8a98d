/** What may not stand in a JSON string as it is, or begins an escape. A text with such is parsed: it is rarer. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const NOT_PLAIN = /["\\\u0000-\u001f]/

/**
 * Knows the pieces of a text by their frame: what stands before and after the text in one that has been read. Whatever
 * has the same frame around any other text is as well-formed, and says the same of everything else. So a stream's hot
 * path needs no parsing, and yet nothing is taken for content that a client could not read.
 *
 *     {"id":…,"choices":[{"index":0,"delta":{"content":"  Hello  "},"finish_reason":null}]}
 *     `----------------- before -----------------------'       `------- after -----------'
 */
export class Frame {
  readonly #opening: string
  #before = ''
  #after = ''

  /** `field`: the name under which the text stands. */
  constructor(field: string) {
    this.#opening = `"${field}":"`
  }

  /** Takes the frame of an event that carries content and nothing else of importance. */
  learn(data: string): void {
    const start = data.indexOf(this.#opening) + this.#opening.length
    const end = data.indexOf('"', start)
    // From a text without an escape its end is the first quote; the next one will do.
    if (start < this.#opening.length || end <= start || NOT_PLAIN.test(data.slice(start, end))) return
    this.#before = data.slice(0, start)
    this.#after = data.slice(end)
  }

  /** Whether an event is a piece of text in this frame. One with an escape in it is not told. */
  holds(data: string): boolean {
    const [before, after] = [this.#before, this.#after]
    return (
      before !== '' &&
      data.length > before.length + after.length &&
      data.startsWith(before) &&
      data.endsWith(after) &&
      !NOT_PLAIN.test(data.slice(before.length, data.length - after.length))
    )
  }
}
