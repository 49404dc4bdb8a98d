import wrapAnsi from 'wrap-ansi'
import type { Finding, JournalEntry, Records, Result } from '../record/index.ts'
import { visible } from './closing.ts'
import { composeResult } from './compose.ts'
import { draftRows } from './draft-rows.ts'
import { verdictWord } from './words.ts'

/** What the people have before them in the debrief. */
export interface DraftVerdict {
  /** At most twelve lines of at most 78 columns: the verdict as it stands, the numbers, the worst findings. */
  lines: string[]
  /** All of them, worst first. */
  findings: (Pick<Finding, 'key' | 'id' | 'title' | 'severity'> & {
    /** Whether it has an owner and a day, or a reason why not, already. */
    settled: boolean
  })[]
}

const COLUMNS = 78
const LINES = 12
const VERDICT_LINES = 2

/**
 * Judges a drill whose records are still open, as if it ended now. Takes as long as composing the result does.
 * Throws `RECORDS_UNREADABLE` when the journal does not even say which drill it is.
 */
export function draftVerdict(records: Records): DraftVerdict {
  const result = composeResult({ ...records, journal: ended(records.journal) })
  const head = [
    ...folded(`${verdictWord(result)} so far: ${result.decidedBy}`),
    ...draftRows(result).map(([name, text]) => `  ${name.padEnd(10)}${text}`),
  ]
  return {
    lines: [...head, ...findingLines(result, LINES - head.length)].map(clipped),
    findings: result.findings.map(({ key, id, title, severity, owner, due, whyNot }) => ({
      key,
      id,
      title,
      severity,
      settled: (owner !== null && due !== null) || whyNot !== null,
    })),
  }
}

/**
 * The journal as if the drill had ended: a draft must not say that the records end early, nor that what the stage keeps
 * to the end was not taken back.
 */
function ended(journal: readonly JournalEntry[]): JournalEntry[] {
  const last = journal.at(-1)
  if (last === undefined || journal.some(({ type }) => type === 'run.ended')) return [...journal]
  const { atMs, at } = last
  const undone = new Set(journal.flatMap((entry) => (entry.type === 'rollback.undone' ? [entry.plan] : [])))
  const kept = journal.filter(
    (entry) => entry.type !== 'rollback.recorded' || entry.fault !== null || undone.has(entry.plan),
  )
  return [...kept, { id: 'draft', atMs, at, type: 'run.ended', reason: 'agenda', detail: 'the debrief' }]
}

function findingLines({ findings }: Result, room: number): string[] {
  if (findings.length === 0) return ['  findings  none']
  const shown = findings.length <= room ? findings : findings.slice(0, room - 1)
  const more = findings.length - shown.length
  return [
    ...shown.map(({ id, severity, title }) => `  ${id.padEnd(4)}${severity}: ${title}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

/** The reason in full where two lines hold it; the report has all of it. */
function folded(text: string): string[] {
  const lines = broken(visible(text), COLUMNS - 4)
  const kept = lines.slice(0, VERDICT_LINES)
  return kept.map((line, index) =>
    [
      index === 0 ? '' : '  ',
      line,
      index === VERDICT_LINES - 1 && lines.length > kept.length ? ' …' : '',
    ].join(''),
  )
}

/** Cuts a line that is too wide; half a sentence on the screen is whole in the report. */
function clipped(line: string): string {
  const text = visible(line)
  const [first = ''] = broken(text, COLUMNS)
  return first === text ? text : `${broken(text, COLUMNS - 2)[0] ?? ''} …`
}

/** Breaks text at words; what it is indented by stays with its first line. */
const broken = (text: string, columns: number) =>
  wrapAnsi(text, columns, { hard: true, trim: false })
    .split('\n')
    .map((line, index) => (index === 0 ? line.trimEnd() : line.trim()))
