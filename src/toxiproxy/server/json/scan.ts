import { codeOf, LITERALS, quoteCharacter } from './characters.ts'
import type { Json } from './json.ts'

/** Why a text is not JSON, in the words of Go's decoder, which clients may have come to know. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
}

/** Deeper nesting is refused, as in Go (there at 10,000), so that a hostile body cannot exhaust the stack. */
const MOST_DEPTH = 1000

/**
 * Reads the first JSON value of a text and leaves whatever follows it unread, as a Go stream decoder does.
 * Throws {@link JsonError}: `EOF` when there is nothing, `unexpected EOF` when it breaks off, else the character in the way.
 */
export function scanJson(text: string): Json {
  const scanner = new Scanner(text)
  scanner.skipSpace()
  if (scanner.ended) throw new JsonError('EOF')
  return scanner.value(0)
}

class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get ended(): boolean {
    return this.#at >= this.#text.length
  }

  skipSpace(): void {
    while (!this.ended && ' \t\r\n'.includes(this.#text[this.#at] ?? '')) this.#at++
  }

  value(depth: number): Json {
    if (depth > MOST_DEPTH) throw new JsonError('exceeded max depth')
    this.skipSpace()
    const first = this.#peek()
    if (first === '{') return this.#object(depth)
    if (first === '[') return this.#array(depth)
    if (first === '"') return { kind: 'string', value: this.#string() }
    if (first === '-' || isDigit(first)) return { kind: 'number', text: this.#number() }
    const literal = LITERALS.get(first)
    if (literal === undefined) throw this.#unexpected('looking for beginning of value')
    this.#literal(literal.word)
    return literal.json
  }

  #object(depth: number): Json {
    const members: [string, Json][] = []
    this.#at++
    this.skipSpace()
    if (this.#take('}')) return { kind: 'object', members }
    for (;;) {
      this.skipSpace()
      if (this.#peek() !== '"') throw this.#unexpected('looking for beginning of object key string')
      const key = this.#string()
      this.skipSpace()
      if (!this.#take(':')) throw this.#unexpected('after object key')
      members.push([key, this.value(depth + 1)])
      this.skipSpace()
      if (this.#take('}')) return { kind: 'object', members }
      if (!this.#take(',')) throw this.#unexpected('after object key:value pair')
    }
  }

  #array(depth: number): Json {
    const items: Json[] = []
    this.#at++
    this.skipSpace()
    if (this.#take(']')) return { kind: 'array', items }
    for (;;) {
      items.push(this.value(depth + 1))
      this.skipSpace()
      if (this.#take(']')) return { kind: 'array', items }
      if (!this.#take(',')) throw this.#unexpected('after array element')
    }
  }

  #string(): string {
    const start = this.#at++
    for (;;) {
      const character = this.#peek()
      if (character === '"') break
      if (character < ' ') throw this.#unexpected('in string literal')
      this.#at++
      if (character !== '\\') continue
      if (!'"\\/bfnrtu'.includes(this.#peek())) throw this.#unexpected('in string escape code')
      if (this.#text[this.#at++] === 'u') this.#hexadecimal()
    }
    this.#at++
    const decoded: unknown = JSON.parse(this.#text.slice(start, this.#at))
    // Half a surrogate pair is no character: Go reads it as U+FFFD too.
    return String(decoded).replaceAll(/\p{Surrogate}/gu, '\ufffd')
  }

  #hexadecimal(): void {
    for (let digits = 0; digits < 4; digits++, this.#at++) {
      if (!/[0-9a-f]/i.test(this.#peek())) throw this.#unexpected('in \\u hexadecimal character escape')
    }
  }

  #number(): string {
    const start = this.#at
    this.#take('-')
    if (!this.#take('0')) this.#digits('in numeric literal')
    if (this.#take('.')) this.#digits('after decimal point in numeric literal')
    if (this.#take('e') || this.#take('E')) {
      if (!this.#take('+')) this.#take('-')
      this.#digits('in exponent of numeric literal')
    }
    return this.#text.slice(start, this.#at)
  }

  #digits(where: string): void {
    if (!isDigit(this.#peek())) throw this.#unexpected(where)
    while (!this.ended && isDigit(this.#text[this.#at] ?? '')) this.#at++
  }

  #literal(word: string): void {
    for (const expected of word) {
      if (this.#peek() !== expected) throw this.#unexpected(`in literal ${word} (expecting '${expected}')`)
      this.#at++
    }
  }

  /** The next character, which there has to be. */
  #peek(): string {
    const character = this.#text[this.#at]
    if (character === undefined) throw new JsonError('unexpected EOF')
    return character
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #unexpected(where: string): JsonError {
    if (this.ended) return new JsonError('unexpected EOF')
    return new JsonError(`invalid character ${quoteCharacter(codeOf(this.#text, this.#at))} ${where}`)
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}
