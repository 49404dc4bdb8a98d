import { rankOf } from '../percentiles.ts'

/** Requests in a row that have to be good together before service counts as stable. */
export const STRETCH = 100

/** How many of a hundred may be slow while their nearest-rank p95 is still within its limit: those above rank 95. */
const SLOW_ALLOWED = STRETCH - rankOf(0.95, STRETCH)

/** What a request has against calling the service around it stable. */
export interface Marks {
  failed: boolean
  slow: boolean
  /** Served by the provider that should not serve. */
  astray: boolean
}

/**
 * Finds where stable service begins: the least index, not below `from`, from which on every hundred requests in a
 * row hold no failure, a p95 within its limit and at most `astrayAllowed` that went astray. Null when fewer than a
 * hundred requests are left there.
 *
 * Windows slide from the last one to the first, so it takes one pass.
 */
export function stretchStart(marks: readonly Marks[], from: number, astrayAllowed = 0): number | null {
  const tally = { failed: 0, slow: 0, astray: 0 }
  const add = (mark: Marks | undefined, by: 1 | -1) => {
    if (mark?.failed === true) tally.failed += by
    if (mark?.slow === true) tally.slow += by
    if (mark?.astray === true) tally.astray += by
  }
  let start: number | null = null
  for (let index = marks.length - 1; index >= from; index--) {
    add(marks[index], 1)
    add(marks[index + STRETCH], -1)
    if (index + STRETCH > marks.length) continue
    if (tally.failed > 0 || tally.slow > SLOW_ALLOWED || tally.astray > astrayAllowed) break
    start = index
  }
  return start
}
