const ESCAPES: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** What the API's answers are made of. */
export type Encodable =
  string | number | bigint | boolean | null | readonly Encodable[] | { readonly [key: string]: Encodable }

/** Writes JSON as Go does: no spaces, whole 64-bit numbers, `-0`, and the characters that HTML minds as escapes. */
export function encodeJson(value: Encodable): string {
  if (typeof value === 'bigint') return value.toString()
  if (Object.is(value, -0)) return '-0'
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return encodeEntries(Object.entries(value))
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => ESCAPES[character] ?? character,
  )
}

/** Writes an object with its keys in the order of their bytes, as Go writes a map. A JavaScript object would put `10` before `9`. */
export function encodeMap(entries: Iterable<[string, Encodable]>): string {
  return encodeEntries([...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
}

function encodeEntries(entries: [string, Encodable][]): string {
  return `{${entries.map(([key, value]) => `${encodeJson(key)}:${encodeJson(value)}`).join(',')}}`
}
