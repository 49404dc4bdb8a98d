import wrapAnsi from 'wrap-ansi'
import { tPlus } from '../base/index.ts'
import { describeEntry, type JournalEntry, type Quantity } from '../record/index.ts'
import type { LiveStatus } from './crew.ts'

/** Who spoke and when take this many columns; what is said is wrapped beside them. */
const GUTTER = 19

/** Wraps a line of the log at words, with what is said in a column of its own. */
export function wrapLog(line: string, columns: number): string {
  return wrapped(line, GUTTER, columns)
}

/** Wraps text at words; its first `indent` characters stand out to the left of all further lines. */
export function wrapped(line: string, indent: number, columns: number): string {
  const width = Math.max(20, columns - indent)
  const rest = wrapAnsi(line.slice(indent), width, { trim: true, hard: true })
  return line.slice(0, indent) + rest.replaceAll('\n', `\n${' '.repeat(indent)}`)
}

/** A journal entry as a line of the log: `T+07:02  fault     proven: …`; null for entries that only carry data. */
export function logLine(entry: JournalEntry): string | null {
  const line = describeEntry(entry)
  return line === null
    ? null
    : `${tPlus(entry.atMs)}  ${line.who.padEnd(9)} ${line.text.replaceAll('\n', ' ')}`
}

/** The one line that somebody who knows nothing of the drill understands. */
export function stateLine({ fault, phase, load, limits, stopping }: LiveStatus): string {
  if (stopping) return fault === null ? 'STOPPED, NOTHING IS BROKEN' : 'STOPPED, RESTORING'
  if (fault !== null) {
    const serving = fault.target === 'primary' ? 'secondary' : 'primary'
    const served = load !== null && load.servedBy[serving] > 0.5 ? `, SERVED BY ${serving.toUpperCase()}` : ''
    return `BROKEN ON PURPOSE${served}`
  }
  if (phase.kind === 'restore') return 'RESTORED, CHECKING'
  if (load === null) return 'NOTHING IS BROKEN'
  return load.success !== null && load.success < limits.success ? 'NOT WELL, AND NOT ON PURPOSE' : 'ALL WELL'
}

/** `1.21 s`, `240 ms`, `never`. */
export function shortMs(ms: Quantity): string {
  if (ms === 'inf') return 'never'
  return ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${Math.round(ms)} ms`
}

/** `100 %`, `99.87 %`, `97 %`. Rounded down, so that 100 % means all of them. */
export function share(ratio: number): string {
  // Through decimals first: 0.995 x 100 is 99.5, and 0.57 x 100 would be 56.99999999999999.
  return `${Math.floor(Number((ratio * 10_000).toPrecision(12))) / 100} %`
}

/** `5:19`. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Success, p95, rate and who serves, in the words that block and line share. */
export function numbers({
  load,
  limits,
}: LiveStatus): { success: string; p95: string; rate: string; served: string } | null {
  if (load === null || load.success === null) return null
  const served = Object.entries(load.servedBy)
    .filter(([, part]) => part > 0)
    .map(([who, part]) => `${who} ${share(Math.round(part * 100) / 100)}`)
  return {
    success: `${share(load.success)} of ${load.n} (≥ ${share(limits.success)})`,
    p95: `${load.p95Ms === null ? '-' : shortMs(load.p95Ms)} (< ${shortMs(limits.p95Ms)})`,
    rate: `${load.perSecond.toFixed(1)}/s`,
    served: served.length === 0 ? 'nobody' : served.join(', '),
  }
}
