import { escapeMarkdown } from '../markdown/escape.ts'
import { writeTable } from '../markdown/table.ts'
import type { Comparison, Row } from './compare.ts'
import { findingLines, headText, JUDGED, LEGEND, outcomeOf } from './say.ts'

/** Draws a comparison as Markdown, for a pull request or a page on two routers. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { first, second, differences, faults, budget } = comparison
  const heads = [`first: ${first.run}`, `second: ${second.run}`].map(escapeMarkdown)
  const table = (rows: readonly Row[]) =>
    writeTable({ header: ['', ...heads, ''], align: 'llll', rows: rows.map(cellsOf) })
  const parts = [
    `# Two runs of ${escapeMarkdown(second.drill)}`,
    [
      `- first: ${escapeMarkdown(`${first.run}, ${headText(first)}`)}`,
      `- second: ${escapeMarkdown(`${second.run}, ${headText(second)}`)}`,
    ].join('\n'),
    '## What differed besides the results',
    differences.length === 0
      ? 'Nothing that the records know of.'
      : writeTable({
          header: ['', ...heads, ''],
          align: 'llll',
          rows: differences.map(({ what, first: a, second: b, warning }) =>
            [what, a, b, warning === null ? '' : `! ${warning}`].map(escapeMarkdown),
          ),
        }),
    `**${escapeMarkdown(outcomeOf(comparison))}**`,
    ...faults.flatMap(({ label, rows, tenants, nothing }) => [
      `## Fault ${escapeMarkdown(label)}`,
      nothing === null ? table(rows) : escapeMarkdown(`Not compared: ${nothing}.`),
      ...tenants.flatMap(({ tenant, rows: own }) => [`**${escapeMarkdown(tenant)} alone**`, table(own)]),
    ]),
    '## Error budget',
    table([budget]),
    '## Findings',
    findingLines(comparison)
      .map((line) => `- ${escapeMarkdown(line)}`)
      .join('\n'),
    escapeMarkdown(LEGEND),
  ]
  return `${parts.join('\n\n')}\n`
}

function cellsOf({ what, first, second, intervals, judgement }: Row): string[] {
  const cell = (value: string, interval: string | undefined) =>
    escapeMarkdown(interval === undefined ? value : `${value} (${interval})`)
  const judged = judgement === null ? '' : JUDGED[judgement]
  return [
    escapeMarkdown(what),
    cell(first, intervals?.[0]),
    cell(second, intervals?.[1]),
    judgement === 'worse' ? `**${judged}**` : judged,
  ]
}
