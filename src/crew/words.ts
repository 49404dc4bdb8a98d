import wrapAnsi from 'wrap-ansi'
import { tPlus } from '../base/index.ts'
import { describeEntry, probeFolder, type JournalEntry, type Quantity } from '../record/index.ts'
import { clean } from './clean.ts'

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

/**
 * Makes the lines of a log out of journal entries in their order: `T+07:02  fault     proven: …`; null for those that
 * only carry data, or tell nothing new.
 */
export function logWriter(): (entry: JournalEntry) => string | null {
  const fold = probeFolder()
  return (entry) => {
    const more = fold(entry)
    const line = more === null ? null : describeEntry(entry)
    return line === null
      ? null
      : `${tPlus(entry.atMs)}  ${clean(line.who).padEnd(9)} ${clean(line.text + (more ?? ''))}`
  }
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

/** `5:19`, `1:02:03` past an hour. */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const rest = `${Math.floor(seconds / 60) % 60}:${two(seconds % 60)}`
  return hours === 0 ? rest : `${hours}:${rest.padStart(5, '0')}`
}
