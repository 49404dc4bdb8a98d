import { tPlus } from '../../base/index.ts'
import type { Result } from '../../record/index.ts'
import { escapeMarkdown } from './escape.ts'
import type { Table } from './table.ts'

type AlertResult = Result['alerts'][number]

/** Which alerts had to fire, which did and when; null for a run whose records do not know of them. */
export function alertsTable({ alerts }: Result): Table | null {
  if (alerts.length === 0) return null
  return {
    header: ['alert', 'had to fire', 'fired', 'resolved', 'what it saw', ''],
    align: 'llllll',
    rows: alerts.map((alert) => [
      escapeMarkdown(alert.what),
      alert.expected === null ? 'not said' : alert.expected ? 'yes' : 'no',
      alert.firedMs === null ? 'no' : tPlus(alert.firedMs),
      alert.firedMs === null ? '' : alert.resolvedMs === null ? 'not by the end' : tPlus(alert.resolvedMs),
      escapeMarkdown(alert.detail),
      verdict(alert),
    ]),
  }
}

function verdict({ expected, firedMs }: AlertResult): string {
  if (expected === null) return ''
  return expected === (firedMs !== null) ? '✓ right' : '**✗ wrong**'
}
