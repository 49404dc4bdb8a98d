type Headers = Record<string, string | string[] | undefined>

/**
 * Reads how long an answer asks to be left alone, in milliseconds: `retry-after-ms`, else `retry-after` in seconds or
 * as a date (RFC 9110, 10.2.3). A date in the past is 0; null if nothing readable was said.
 */
export function readRetryAfter(headers: Headers, wall: Date): number | null {
  return (
    readNumber(headers['retry-after-ms'], 1) ??
    readNumber(headers['retry-after'], 1000) ??
    readDate(headers['retry-after'], wall)
  )
}

function readNumber(value: string | string[] | undefined, unitMs: number): number | null {
  const text = one(value)
  return text !== null && /^\d+(\.\d+)?$/.test(text) ? Number(text) * unitMs : null
}

function readDate(value: string | string[] | undefined, wall: Date): number | null {
  const text = one(value)
  // Every form of an HTTP date starts with the day's name; Date.parse alone would also take "-5" for a month.
  const at = text !== null && /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - wall.getTime())
}

function one(value: string | string[] | undefined): string | null {
  const text = Array.isArray(value) ? value[0] : value
  return text === undefined ? null : text.trim()
}
