import type { SloSurvey } from '../../log/index.ts'
import { escapeMarkdown } from '../markdown/escape.ts'
import { writeTable, type Table } from '../markdown/table.ts'
import { decisionLine, sloSections } from './sections.ts'

/** Draws a survey for a terminal. */
export function sloText(survey: SloSurvey): string {
  const parts = sloSections(survey).map(({ title, table, lines }) =>
    [
      title,
      ...(table === null ? [] : plainRows(table)).map((line) => `  ${line}`.trimEnd()),
      ...lines.map((line) => `  ${line}`),
    ].join('\n'),
  )
  return `${[decisionLine(survey), ...parts].join('\n\n')}\n`
}

/** Draws a survey as Markdown, for a pull request or a summary of CI. */
export function sloMarkdown(survey: SloSurvey): string {
  const parts = sloSections(survey).map(({ title, table, lines }) =>
    [
      `## ${title}`,
      ...(table === null
        ? []
        : [writeTable({ ...table, rows: table.rows.map((row) => row.map(escapeMarkdown)) })]),
      ...lines.map(escapeMarkdown),
    ].join('\n\n'),
  )
  return `${[`# SLO`, `**${escapeMarkdown(decisionLine(survey))}**`, ...parts].join('\n\n')}\n`
}

/** A table without lines; a head that says nothing is left out. Names come from outside: what steers a terminal goes. */
function plainRows({ header, align, rows }: Table): string[] {
  const all = [...(header.some((cell) => cell !== '') ? [header] : []), ...rows].map((row) =>
    row.map((cell) => cell.replace(/\p{C}/gu, '')),
  )
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, column) =>
        align[column] === 'r' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  '),
  )
}
