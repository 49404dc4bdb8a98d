import type { BoardState } from '../board.ts'
import { figures } from './figures.ts'
import type { Block } from './fit.ts'
import { unfolded } from './gutter.ts'
import { budgetText, clocksText, faultText, moneyText, overspends } from './numbers.ts'
import type { Pen } from './pen.ts'

/** The fault, what callers see of it, the clocks, and what it costs. */
export function facts({ status, drill }: BoardState, pen: Pen): Block[] {
  if (status === null) return []
  const row = (keep: number, label: string, text: string | null, bad = false): Block[] =>
    text === null ? [] : [{ keep, ...unfolded(pen, { label, bad }, text) }]
  const { fault, money, phase } = status
  return [
    ...row(36, 'drill', phase.kind === 'brief' ? (drill?.title ?? null) : null),
    ...row(80, 'fault', faultText(status), fault?.proven === false),
    ...figures(status, pen),
    ...row(56, 'clocks', clocksText(status)),
    ...row(45, 'budget', budgetText(status), overspends(status)),
    ...row(47, 'money', moneyText(status), money !== null && money.spentUsd > money.capUsd),
  ]
}
