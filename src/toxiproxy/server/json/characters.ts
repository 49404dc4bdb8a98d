import type { Json } from './json.ts'

/** The words that stand for values, by their first letter. */
export const LITERALS: ReadonlyMap<string, { word: string; json: Json }> = new Map([
  ['t', { word: 'true', json: { kind: 'bool', value: true } }],
  ['f', { word: 'false', json: { kind: 'bool', value: false } }],
  ['n', { word: 'null', json: { kind: 'null' } }],
])

const ESCAPES: Record<string, string> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '\v': '\\v',
  '\u0007': '\\a',
  "'": "\\'",
}

/** Writes a byte as Go quotes it in an error: `'x'`, `'\n'`, `'\x00'`. Go's scanner goes by bytes, not characters. */
export function quoteCharacter(code: number): string {
  const character = String.fromCharCode(code)
  const escaped = ESCAPES[character]
  if (escaped !== undefined) return `'${escaped}'`
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`
  return code > 0x7f && code < 0xa1 ? `'\\u${code.toString(16).padStart(4, '0')}'` : `'${character}'`
}

/** The first UTF-8 byte of the character at a place. */
export function codeOf(text: string, at: number): number {
  return Buffer.from(String.fromCodePoint(text.codePointAt(at) ?? 0))[0] ?? 0
}
