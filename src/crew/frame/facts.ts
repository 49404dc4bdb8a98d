import type { BoardState } from '../board.ts'
import type { LiveStatus } from '../crew.ts'
import { figures } from './figures.ts'
import type { Block } from './fit.ts'
import { FOLDS, GUTTER, paragraph, unfolded } from './gutter.ts'
import { budgetText, clocksText, faultTexts, moneyText, overspends } from './numbers.ts'
import type { Pen } from './pen.ts'
import { isJudged, verdict } from './verdict.ts'

/** The fault, what callers see of it, the clocks, and what it costs; in the debrief what came of it instead. */
export function facts(board: BoardState, pen: Pen): Block[] {
  const { status, drill, draft } = board
  if (status === null) return []
  const row = (keep: number, label: string, text: string | null, bad = false): Block[] =>
    text === null ? [] : [{ keep, ...unfolded(pen, { label, bad }, text) }]
  const { money, phase } = status
  if (isJudged(board)) return [...faultRow(status, pen), ...verdict(draft, pen)]
  return [
    ...row(36, 'drill', phase.kind === 'brief' ? (drill?.title ?? null) : null),
    ...faultRow(status, pen),
    ...figures(status, pen),
    ...row(56, 'clocks', clocksText(status, pen.glyphs.none)),
    ...row(45, 'budget', budgetText(status), overspends(status)),
    ...row(47, 'money', moneyText(status), money !== null && money.spentUsd > money.capUsd),
  ]
}

function faultRow(status: LiveStatus, pen: Pen): Block[] {
  const texts = faultTexts(status)
  const [whole] = texts
  if (whole === undefined) return []
  const width = pen.width - GUTTER
  const fits = texts.find((text) => pen.length([pen.piece(text)]) <= width) ?? texts.at(-1) ?? whole
  const label = { label: 'fault', bad: status.fault?.proven === false }
  return [
    {
      keep: 80,
      lines: paragraph(pen, label, whole, 2),
      short: { lines: paragraph(pen, label, fits, 1), keep: FOLDS },
    },
  ]
}
