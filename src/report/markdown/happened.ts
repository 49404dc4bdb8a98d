import { tPlus } from '../../base/index.ts'
import { describeEntry, probeFolder, type Records } from '../../record/index.ts'
import { noteStory } from '../compose/note-story.ts'
import { escapeMarkdown } from './escape.ts'
import { noteRow } from './note-row.ts'
import type { Table } from './table.ts'

interface Row {
  atMs: number
  id: string
  who: string
  /** Markdown. */
  what: string
}

/** What happened, machine and people merged, by the moment that each line is about. A note goes by its own id. */
export function happenedTable({ journal }: Records): Table {
  const corrections = journal.filter((entry) => entry.type === 'note.corrected')
  const fold = probeFolder()
  const rows = journal
    .flatMap((entry): Row[] => {
      const more = fold(entry)
      if (entry.type === 'note') return [noteRow(noteStory(entry, corrections))]
      // It stands beside its note.
      if (entry.type === 'note.corrected') return []
      const line = describeEntry(entry)
      if (line === null || more === null) return []
      return [{ atMs: entry.atMs, id: entry.id, who: line.who, what: escapeMarkdown(`${line.text}${more}`) }]
    })
    .sort((a, b) => a.atMs - b.atMs)
  return {
    header: ['when', 'line', 'who', 'what'],
    align: 'llll',
    rows: rows.map(({ atMs, id, who, what }) => [tPlus(atMs), escapeMarkdown(id), escapeMarkdown(who), what]),
  }
}
