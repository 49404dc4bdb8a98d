/** What a caller's `cache-control` says about one request. */
export interface CacheControl {
  /** The answer may be kept. */
  keep: boolean
  /** A kept answer may be served if it is no older; 0 asks anew. */
  maxAgeMs: number
}

/** Reads `no-store`, `no-cache` and `max-age=<seconds>`; what else may stand there is passed over. */
export function cacheControlOf(header: string | undefined): CacheControl {
  const words = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim())
  const ages = words.flatMap((word) => /^max-age="?(\d{1,9})"?$/.exec(word)?.[1] ?? [])
  const asksAnew = words.includes('no-cache') || words.includes('no-store')
  return {
    keep: !words.includes('no-store'),
    maxAgeMs: asksAnew ? 0 : Math.min(Infinity, ...ages.map((seconds) => Number(seconds) * 1000)),
  }
}
