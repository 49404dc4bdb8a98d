/**
 * Rounds to a 32-bit float, which is how Toxiproxy keeps a toxicity, and to the fewest digits that still mean the same
 * one: 0.2 stays 0.2 and does not become 0.20000000298023224. Undefined when it is too large for one.
 */
export function float32(value: number): number | undefined {
  const rounded = Math.fround(value)
  if (!Number.isFinite(rounded)) return undefined
  if (rounded === 0) return rounded
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(rounded.toPrecision(digits))
    if (Math.fround(shorter) === rounded) return shorter
  }
  return Number(rounded.toPrecision(9))
}
