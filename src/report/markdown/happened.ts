import { tPlus } from '../../base/index.ts'
import { describeEntry, type JournalEntry, type Records } from '../../record/index.ts'
import { counted } from '../format.ts'
import { escapeMarkdown } from './escape.ts'
import type { Table } from './table.ts'

/** What happened, machine and people merged, by the moment that each line is about. */
export function happenedTable({ journal }: Records): Table {
  const rows = withoutProbes(journal)
    .flatMap(({ entry, more }) => {
      const line = describeEntry(entry)
      const atMs = entry.type === 'note' ? entry.forMs : entry.atMs
      return line === null ? [] : [{ atMs, id: entry.id, who: line.who, text: `${line.text}${more}` }]
    })
    .sort((a, b) => a.atMs - b.atMs)
  return {
    header: ['when', 'line', 'who', 'what'],
    align: 'llll',
    rows: rows.map(({ atMs, id, who, text }) => [tPlus(atMs), ...[id, who, text].map(escapeMarkdown)]),
  }
}

/**
 * Leaves out that an open circuit was tried and stayed open, which happens every few seconds of an outage, and says at
 * the next change of state how often it did.
 */
function withoutProbes(journal: readonly JournalEntry[]): { entry: JournalEntry; more: string }[] {
  const states = new Map<string, { state: string; tries: number }>()
  const kept: { entry: JournalEntry; more: string }[] = []
  for (const entry of journal) {
    if (entry.type !== 'router.circuit') {
      kept.push({ entry, more: '' })
      continue
    }
    const known = states.get(entry.provider)
    if (entry.state === 'half-open' && known !== undefined) known.tries++
    else if (known?.state !== entry.state) {
      states.set(entry.provider, { state: entry.state, tries: 0 })
      const tries = known?.tries ?? 0
      kept.push({ entry, more: tries === 0 ? '' : ` (tried ${counted(tries, 'time')} meanwhile)` })
    }
  }
  return kept
}
