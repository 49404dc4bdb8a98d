/**
 * Finds the word that was probably meant by a mistyped one: the nearest by insertions, deletions, replacements and
 * swaps of neighbours, ignoring case; null when none is near enough to be worth suggesting.
 */
export function nearestWord(word: string, known: readonly string[]): string | null {
  let best: string | null = null
  // A third of the letters may be wrong, and one always.
  let bound = Math.max(1, Math.floor(word.length / 3))
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > bound) continue
    const steps = distance(word.toLowerCase(), candidate.toLowerCase())
    if (steps > bound || (steps === bound && best !== null)) continue
    best = candidate
    bound = steps
  }
  return best
}

/** Optimal string alignment distance: Levenshtein's, with a swap of neighbours as one step. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    const [above, twoAbove] = [rows[i - 1] ?? [], rows[i - 2] ?? []]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let steps = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        steps = Math.min(steps, (twoAbove[j - 2] ?? 0) + 1)
      row.push(steps)
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}
