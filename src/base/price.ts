/** US dollars for a million tokens. */
interface Rates {
  input: number
  output: number
  /** Of input tokens that the vendor read from its own prompt cache; as `input` where there is none. */
  cacheRead?: number
  /** Of those that it wrote there: for its usual time, and for an hour. Dearer than `input`, and unknown where there is none. */
  cacheWrite?: number
  cacheWrite1h?: number
}

/** What a model costs. */
export interface TokenPrice extends Rates {
  /** What every token costs once the question has more than `over`; in rising order. */
  long?: readonly (Rates & { over: number })[]
}

/** What is billed, as the vendor counts. Whatever it does not state of its cache is taken for none. */
export interface TokenUsage {
  /** All that went in, cached or not. */
  inputTokens: number
  outputTokens: number
  cacheReadTokens?: number | null
  /** All that were written, for whatever time. */
  cacheWriteTokens?: number | null
  /** Of these, the ones written for an hour. */
  cacheWrite1hTokens?: number | null
}

const MILLION = 1e6

/** US dollars for this usage: the one place where tokens become money. Null where a price that it needs is unknown. */
export function costOf(usage: TokenUsage | null, price: TokenPrice | null | undefined): number | null {
  if (usage === null) return null
  const { inputTokens, outputTokens } = usage
  // What produced no token is not billed, whatever the price.
  if (inputTokens === 0 && outputTokens === 0) return 0
  if (price === null || price === undefined) return null
  const rates = ratesFor(inputTokens, price)
  const { plain, read, writtenUsual, written1h } = split(usage)
  const uncached = plain * rates.input + read * (rates.cacheRead ?? rates.input) + outputTokens * rates.output
  if (writtenUsual === 0 && written1h === 0) return uncached / MILLION
  const written = times(writtenUsual, rates.cacheWrite)
  const writtenForHour = times(written1h, rates.cacheWrite1h)
  return written === null || writtenForHour === null ? null : (uncached + written + writtenForHour) / MILLION
}

/**
 * What the vendor's prompt cache took off the bill: the cost had no token been cached, less the cost. Negative where
 * writing cost more than reading saved; null where the cost is unknown.
 */
export function savedByPromptCache(
  usage: TokenUsage | null,
  price: TokenPrice | null | undefined,
): number | null {
  if (usage === null) return null
  const { read, writtenUsual, written1h } = split(usage)
  if (read + writtenUsual + written1h === 0) return 0
  const { inputTokens, outputTokens } = usage
  const [without, cost] = [costOf({ inputTokens, outputTokens }, price), costOf(usage, price)]
  return without === null || cost === null ? null : without - cost
}

function ratesFor(inputTokens: number, price: TokenPrice): Rates {
  return price.long?.findLast(({ over }) => inputTokens > over) ?? price
}

/** Shares out the tokens that went in. A vendor that states more cached ones than there were is not believed. */
function split({ inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens }: TokenUsage) {
  const read = Math.min(cacheReadTokens ?? 0, inputTokens)
  const written = Math.min(cacheWriteTokens ?? 0, inputTokens - read)
  const written1h = Math.min(cacheWrite1hTokens ?? 0, written)
  return { plain: inputTokens - read - written, read, writtenUsual: written - written1h, written1h }
}

/** Tokens at a rate that may be unknown; in millionths of a dollar. */
function times(tokens: number, rate: number | undefined): number | null {
  if (tokens === 0) return 0
  return rate === undefined ? null : tokens * rate
}
