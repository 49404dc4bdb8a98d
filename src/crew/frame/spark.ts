import type { Quantity } from '../../record/index.ts'
import type { Piece, Pen } from './pen.ts'

/** A success rate as a column: full only where nothing failed. */
function successLevel(rate: number): number {
  return rate >= 1 ? 1 : (rate * 6) / 7
}

/** A p95 as a column: up to the limit in the lower four of seven, the more over it the higher, and to the top where no answer came. */
function p95Level(p95Ms: Quantity, limitMs: number): number {
  if (p95Ms === 'inf') return 1
  const ratio = p95Ms / limitMs
  if (ratio < 1) return (ratio * 4) / 7
  return Math.min(1, (4 + 2 * Math.log2(ratio)) / 7)
}

/** The last minute in columns, the newest at the right; a bin without requests is empty. */
function columns(levels: readonly (number | null)[], pen: Pen): Piece {
  const { spark } = pen.glyphs
  const drawn = levels.map((level) =>
    level === null ? ' ' : (spark[Math.min(spark.length - 1, Math.floor(level * spark.length))] ?? ''),
  )
  return pen.piece(drawn.join(''), 'dim')
}

export function successSpark(bins: readonly (number | null)[], pen: Pen): Piece {
  return columns(
    bins.map((rate) => (rate === null ? null : successLevel(rate))),
    pen,
  )
}

export function p95Spark(bins: readonly (Quantity | null)[], limitMs: number, pen: Pen): Piece {
  return columns(
    bins.map((p95Ms) => (p95Ms === null ? null : p95Level(p95Ms, limitMs))),
    pen,
  )
}
