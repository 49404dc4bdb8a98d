import type { ObjectiveResult, Result } from '../../record/index.ts'
import { count, counted, timeOrInfinite } from '../format.ts'
import { ownOutages } from '../own-outage.ts'
import { intervalText, outageLabel, observedText, targetText } from '../words.ts'
import { escapeMarkdown } from './escape.ts'
import type { Table } from './table.ts'

const NAMES: Record<ObjectiveResult['id'], string> = {
  success: 'requests succeed',
  p95: 'p95, failures counted as infinite',
  cost: 'average cost of a success',
}

/** What was promised against what was seen, a column an outage; null when nothing was in force. */
export function promisesTable({ faults, objectives }: Result): Table | null {
  const shown = ownOutages(faults)
  const [first] = shown
  if (first === undefined) return null
  const withUnion = shown.length > 1
  const heads = shown.map(
    ({ fault, index }) =>
      `${outageLabel(faults, index)} (${counted(fault.objectives[0]?.n ?? 0, 'request')})`,
  )
  const rows = first.fault.objectives.map((objective, row) => [
    NAMES[objective.id],
    targetText(objective),
    ...shown.map(({ fault }) => cell(fault.objectives[row])),
    ...(withUnion ? [cell(objectives[row])] : []),
  ])
  const without = shown.map(({ fault: { withoutRouter } }) => {
    if (withoutRouter.requests === 0) return '*not measured*'
    const p95 =
      withoutRouter.ok === 0 || withoutRouter.p95Ms === null
        ? ''
        : `, p95 ${timeOrInfinite(withoutRouter.p95Ms)}`
    return `*${count(withoutRouter.ok)} of ${count(withoutRouter.requests)} succeed${p95}*`
  })
  return {
    header: ['promise', 'target', ...heads.map(escapeMarkdown), ...(withUnion ? ['all outages'] : [])],
    align: 'll'.padEnd(2 + heads.length + 1, 'l'),
    rows: [...rows, ['*without the router*', '', ...without, ...(withUnion ? [''] : [])]],
  }
}

/** What was seen of an objective, how sure that is, and whether it was met; nothing where there is none. */
export function cell(objective: ObjectiveResult | undefined): string {
  if (objective === undefined) return ''
  const interval = intervalText(objective)
  const verdict =
    objective.verdict === 'met' ? '✓ met' : objective.verdict === 'missed' ? '**✗ missed**' : '? inconclusive'
  return `${observedText(objective)}${interval === null ? '' : ` (${interval})`} ${verdict}`
}
