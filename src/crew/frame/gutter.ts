import type { Block } from './fit.ts'
import type { Line, Pen, Tone } from './pen.ts'

/** Columns for a mark and the name of what stands beside it. */
export const GUTTER = 11
/** Second lines go before empty ones. */
export const FOLDS = 4

/** What a row is about, before what it says. */
export interface Label {
  label: string
  /** At the very left: whose turn it is. */
  mark?: string
  tone?: Tone
  /** What the row is about is not as it should be, which a sign says beside the label. */
  bad?: boolean
}

/** One row: its label, and beside it the rest. */
export function labelled(
  pen: Pen,
  { label, mark = ' ', tone = 'dim', bad = false }: Label,
  rest: Line,
): Line {
  const name = bad ? `${label} ✗` : label
  return [pen.piece(mark, 'strong'), pen.piece(name.padEnd(GUTTER - 1), bad ? 'bad' : tone), ...rest]
}

/** Text in at most so many lines beside its label. */
export function paragraph(pen: Pen, label: Label, text: string, most: number, tone?: Tone): readonly Line[] {
  return pen
    .wrap(text, pen.width - GUTTER, most)
    .map((line, index) => labelled(pen, index === 0 ? label : { label: '' }, [pen.piece(line, tone)]))
}

/** Text that takes a second line as long as there is room for it. */
export function unfolded(pen: Pen, label: Label, text: string): Omit<Block, 'keep'> {
  return {
    lines: paragraph(pen, label, text, 2),
    short: { lines: paragraph(pen, label, text, 1), keep: FOLDS },
  }
}
