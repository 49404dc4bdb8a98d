import type { Outcome } from './hold-row.ts'
import { nameOf } from './rows.ts'

const HEAD = [
  'ending',
  'moment',
  'server',
  'fault',
  'means',
  'expected',
  'got',
  'seconds',
  'whole after',
  'ok',
]

/** The whole matrix as a table for people, a line a row; what is wrong with a row stands below the table. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ row, means, got, seconds, wholeAfterMs, problems, again }) => [
    row.ending,
    row.moment,
    row.server,
    row.fault,
    means,
    row.exits.join(' or '),
    String(got ?? '-'),
    seconds.toFixed(1),
    wholeAfterMs === null ? '' : `${(wholeAfterMs / 1000).toFixed(1)} s`,
    `${problems.length === 0 ? 'ok' : 'NOT OK'}${again === 0 ? '' : `, held ${again + 1} times`}`,
  ])
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  return [
    line(HEAD),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    ...notes(outcomes),
  ].join('\n')
}

function notes(outcomes: readonly Outcome[]): string[] {
  const bad = outcomes.filter(({ problems }) => problems.length > 0)
  return [
    '',
    `${outcomes.length} rows, ${bad.length === 0 ? 'all in order' : `${bad.length} NOT in order`}`,
    ...bad.flatMap(({ row, problems }) => problems.map((problem) => `  ${nameOf(row)}: ${problem}`)),
  ]
}
