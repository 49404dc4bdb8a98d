export interface Allowance {
  requests?: number
  requestsLeft?: number
  requestsResetMs?: number
  tokens?: number
  tokensLeft?: number
  tokensResetMs?: number
}

/** Writes the vendor's rate-limit headers. The resets are durations such as `12ms` or `6m0s`, not times. */
export function rateLimitHeaders(allowance: Allowance = {}): Record<string, string> {
  const {
    requests = 10_000,
    requestsLeft = requests - 1,
    requestsResetMs = 6,
    tokens = 2_000_000,
    tokensLeft = tokens - 400,
    tokensResetMs = 12,
  } = allowance
  return {
    'x-ratelimit-limit-requests': String(requests),
    'x-ratelimit-limit-tokens': String(tokens),
    'x-ratelimit-remaining-requests': String(requestsLeft),
    'x-ratelimit-remaining-tokens': String(tokensLeft),
    'x-ratelimit-reset-requests': resetAfter(requestsResetMs),
    'x-ratelimit-reset-tokens': resetAfter(tokensResetMs),
  }
}

/** Writes a duration the vendor's way: `12ms`, `18.642s`, `6m0s`. */
export function resetAfter(ms: number): string {
  const whole = Math.ceil(ms)
  if (whole < 1000) return `${whole}ms`
  const minutes = Math.floor(whole / 60_000)
  const seconds = (whole - minutes * 60_000) / 1000
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`
}
