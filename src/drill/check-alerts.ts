import { ALERTS, formatDuration, type Objection } from '../base/index.ts'
import { isRecord, type Item } from './items.ts'

/** Objects to an alert that no break is long enough to set off. Says nothing of what the schema objects to. Pure. */
export function checkAlerts(raw: unknown, items: readonly Item[]): Objection[] {
  const expected = isRecord(raw) && isRecord(raw.alerts) ? raw.alerts.expected : null
  if (!Array.isArray(expected)) return []
  const breaks = items.flatMap(({ kind, lengthMs }) =>
    kind === 'break' && lengthMs !== null ? [lengthMs] : [],
  )
  const longest = Math.max(0, ...breaks)
  return expected.flatMap((id: unknown, index): Objection[] => {
    const alert = ALERTS.find((known) => known.id === id)
    if (alert === undefined || longest >= alert.windowMs) return []
    return [
      {
        path: ['alerts', 'expected', index],
        spot: 'value',
        found: `found ${alert.id}, which no break is long enough for: it has to last ${formatDuration(alert.windowMs)}`,
        instead: 'lengthen a break, or remove it',
      },
    ]
  })
}
