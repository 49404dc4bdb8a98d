import type { JournalEntry } from '../../record/index.ts'
import { clean } from '../clean.ts'
import { logWriter, wrapLog } from '../words.ts'

/** Makes journal entries in their order into what stands in the scrollback; null for those that say nothing there. */
export function logTexts(): (entry: JournalEntry, columns: number) => string | null {
  const lineOf = logWriter()
  return (entry, columns) => {
    const line = lineOf(entry)
    return line === null ? null : wrapLog(line, columns - 1)
  }
}

/** Lines that are no journal entries, as they stand in the scrollback. */
export const shownText = (lines: readonly string[]) => lines.map(clean).join('\n')
