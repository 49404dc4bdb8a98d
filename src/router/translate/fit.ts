/**
 * English prose has four to five characters a token, and program text three: counted so, nothing is refused that fits.
 * What is closer than that the provider itself has to refuse.
 */
const CHARACTERS_A_TOKEN = 5

/** What is not text: an image as base64 counts by its pixels, and not by its characters. */
const NOT_TEXT = /^data:/

/**
 * Says why a request certainly does not fit a context of so many tokens; null if it may. `body` is `parsed` as bytes: a
 * request that is small enough as bytes is not looked into.
 */
export function misfit(context: number | undefined, body: Buffer, parsed: object): string | null {
  if (context === undefined) return null
  const out = tokensOut(parsed)
  if (body.length / CHARACTERS_A_TOKEN + out <= context) return null
  const tokens = Math.ceil(characters(parsed) / CHARACTERS_A_TOKEN)
  if (tokens + out <= context) return null
  const asked = out === 0 ? '' : ` and ${out} asked for`
  return `a request of this length (at least ${tokens} tokens${asked}, for a context of ${context})`
}

function tokensOut(parsed: object): number {
  const { max_completion_tokens: most, max_tokens: mostOfOld } = parsed as Record<string, unknown>
  const out = most ?? mostOfOld
  return typeof out === 'number' && out > 0 ? out : 0
}

/** All text in a value, wherever it stands. */
function characters(value: unknown): number {
  if (typeof value === 'string') return NOT_TEXT.test(value.slice(0, 5)) ? 0 : value.length
  if (typeof value !== 'object' || value === null) return 0
  let sum = 0
  for (const [name, one] of Object.entries(value)) {
    // Anthropic's images carry theirs without a prefix.
    if (name !== 'data' || typeof one !== 'string') sum += characters(one)
  }
  return sum
}
