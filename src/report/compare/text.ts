import { visible } from '../closing.ts'
import type { Comparison, Row } from './compare.ts'
import { findingLines, headText, JUDGED, LEGEND, outcomeOf } from './say.ts'

/** Narrow enough for a terminal of 80 columns whatever the numbers are. */
const MOST = 80
const GAP = 2

/** Draws a comparison for a terminal: what differed besides the results comes first. */
export function comparisonText(comparison: Comparison, columns: number = MOST): string {
  const width = Math.max(60, Math.min(columns, 120))
  const { first, second, differences, faults, budget } = comparison
  const lines = [
    ...wrap(`first   ${first.run}  ${headText(first)}`, width, 8),
    ...wrap(`second  ${second.run}  ${headText(second)}`, width, 8),
    '',
    'What differed besides the results',
    ...(differences.length === 0
      ? ['  nothing that the records know of']
      : differences.flatMap(({ what, first: a, second: b, warning }) => [
          ...wrap(`  ${what}: ${a} | ${b}`, width, 4),
          ...(warning === null ? [] : wrap(`    ! ${warning}`, width, 6)),
        ])),
    '',
    ...wrap(outcomeOf(comparison), width),
    ...faults.flatMap(({ label, rows, tenants, nothing }) => [
      '',
      `Fault ${label}`,
      ...(nothing === null ? tableOf(rows) : wrap(`  ${nothing}`, width, 2)),
      ...tenants.flatMap(({ tenant, rows: own }) => ['', `  ${tenant} alone`, ...tableOf(own)]),
    ]),
    '',
    'Error budget',
    ...tableOf([{ ...budget, what: 'worst outage' }]),
    '',
    'Findings',
    ...findingLines(comparison).flatMap((line) => wrap(`  ${line}`, width, 4)),
    '',
    ...wrap(LEGEND, width),
  ]
  return `${lines.map(visible).join('\n')}\n`
}

function tableOf(rows: readonly Row[]): string[] {
  const cells = rows.flatMap(({ what, first, second, intervals, judgement }) => [
    [what, first, second, judgement === null ? '' : JUDGED[judgement]],
    ...(intervals === null ? [] : [['', `(${intervals[0]})`, `(${intervals[1]})`, '']]),
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd((widths[column] ?? 0) + GAP)).join('')}`.trimEnd(),
  )
}

/** Breaks a line at blanks; what follows the first is indented. */
function wrap(line: string, width: number, indent = 0): string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(/(?<=\S) /)) {
    const next = current === '' ? word : `${current} ${word}`
    if (current !== '' && next.length > width) {
      lines.push(current)
      current = ' '.repeat(indent) + word
    } else current = next
  }
  return [...lines, current]
}
