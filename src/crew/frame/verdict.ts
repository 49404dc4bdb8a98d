import type { BoardState } from '../board.ts'
import type { Block } from './fit.ts'
import { GUTTER, paragraph } from './gutter.ts'
import type { Pen, Tone } from './pen.ts'

/** A number or a finding of the draft: its name, and what it says. */
const ROW = /^ {2}(F\d+|\S+(?= {2})) +(\S.*)$/
/** The verdict stays longest, then the numbers in their order; each of the findings is asked about by itself. */
const KEEP = { verdict: 79, number: 64, findings: 24 }
const FINDING = /^(?:F\d+|findings)$/
/** More rows than this take no line of the draft. */
const MOST = 3

/** Whether there is a verdict to talk about, and nothing left to be watched. */
export function isJudged({ draft, status }: BoardState): boolean {
  const kind = status?.phase.kind
  return draft.length > 0 && (kind === 'debrief' || kind === 'close')
}

/** The verdict as it stands in the debrief, and the numbers that the people talk about, each in full. */
export function verdict(draft: readonly string[], pen: Pen): Block[] {
  const end = draft.findIndex((line) => ROW.test(line))
  const split = end === -1 ? draft.length : end
  // Whoever wrote it has broken it for another width.
  const said = draft
    .slice(0, split)
    .map((line) => line.trim())
    .join(' ')
  const wrapped = (text: string, tone: Tone) =>
    pen.wrap(text, pen.width - 1, MOST).map((line) => [pen.piece(` ${line}`, tone)])
  const rows = draft.slice(split).map((text) => {
    const [, label = '', says = ''] = ROW.exec(text) ?? []
    const isRow = label !== '' && label.length < GUTTER - 1
    return {
      isNumber: isRow && !FINDING.test(label),
      lines: isRow ? paragraph(pen, { label }, says, MOST) : wrapped(text, 'plain'),
    }
  })
  const numbers = rows.filter(({ isNumber }) => isNumber)
  const findings = rows.flatMap(({ isNumber, lines }) => (isNumber ? [] : lines))
  return [
    { keep: KEEP.verdict, lines: wrapped(said, 'strong') },
    ...numbers.map(({ lines }, index) => ({ keep: KEEP.number - index / 10, lines })),
    // Some of them would be taken for all.
    ...(findings.length === 0 ? [] : [{ keep: KEEP.findings, lines: findings }]),
  ]
}
