/** Where a request is drawn. */
export interface Dot {
  x: number
  y: number
}

/** Most dots of one provider: past it the picture gains ink and the file megabytes. */
const MOST = 3000

/**
 * Leaves out successes that would lie on others: one dot a cell of a grid, whose cells grow until few enough are
 * left. The first in order stays, so two machines draw the same bytes. The cloud keeps its outline: a cell that was
 * hit at all stays hit.
 */
export function thinned(dots: readonly Dot[], most: number = MOST): Dot[] {
  let kept: Dot[] = [...dots]
  for (let cell = 1; kept.length > most; cell += 0.5) {
    const seen = new Set<number>()
    kept = kept.filter(({ x, y }) => {
      const key = Math.floor(x / cell) * 100_000 + Math.floor(y / cell)
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
  }
  return kept
}
