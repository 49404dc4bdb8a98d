const ESCAPES: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** Writes JSON as Go does: no spaces, and the characters that HTML minds as escapes. They occur in strings only. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => ESCAPES[character] ?? character,
  )
}

/** Writes an object with its keys in the order of their bytes, as Go writes a map. A JavaScript object would put `10` before `9`. */
export function encodeMap(entries: Iterable<[string, unknown]>): string {
  const sorted = [...entries].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `{${sorted.map(([key, value]) => `${encodeJson(key)}:${encodeJson(value)}`).join(',')}}`
}
