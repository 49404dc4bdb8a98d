import type { Line, Pen } from './pen.ts'

/** A bar of `columns` columns, its ends included, filled by that ratio. */
export function bar(pen: Pen, ratio: number, columns: number): Line {
  const { bar: steps, barEnds } = pen.glyphs
  const parts = steps.length - 1
  const inside = columns - 2
  const filled = Math.round(Math.min(1, Math.max(0, ratio)) * inside * parts)
  const cells = Array.from(
    { length: inside },
    (_, index) => steps[Math.min(parts, Math.max(0, filled - index * parts))],
  )
  return [
    { text: barEnds[0], tone: 'dim' },
    { text: cells.join(''), tone: 'plain' },
    { text: barEnds[1], tone: 'dim' },
  ]
}
