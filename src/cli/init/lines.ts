import { stringify } from 'yaml'

/** Where comments begin, if the line before them leaves room. */
const COLUMN = 34

/** A line of YAML with what it means behind it; a text alone is a line of its own. */
export type Line = string | readonly [code: string, comment: string]

/** Writes lines with their comments in one column. */
export function written(lines: readonly Line[]): string {
  return lines
    .map((line) => (typeof line === 'string' ? line : `${line[0].padEnd(COLUMN - 2)}  # ${line[1]}`))
    .map((line) => `${line}\n`)
    .join('')
}

/** A text as one YAML scalar, in quotes where it needs them. */
export const scalar = (text: string) => stringify(text, { lineWidth: 0 }).trimEnd()
