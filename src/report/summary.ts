import type { Result } from '../record/index.ts'
import { shortTime } from './format.ts'
import { clocksTable } from './markdown/clocks.ts'
import { escapeMarkdown } from './markdown/escape.ts'
import { promisesTable } from './markdown/promises.ts'
import { writeTable } from './markdown/table.ts'
import { clientSentences } from './markdown/client.ts'
import { findingsText, providersText, routerText, verdictWord } from './words.ts'

const FINDINGS_AT_MOST = 10

/**
 * Writes a short report for a CI job's summary. Without pictures: a summary has no folder that an image could be in.
 */
export function stepSummary(result: Result): string {
  const { drill, run, findings, decidedBy } = result
  const listed = findings
    .slice(0, FINDINGS_AT_MOST)
    .map(({ id, severity, title }) => `- **${id} · ${severity}** ${escapeMarkdown(title)}`)
  const more = findings.length - listed.length
  const tables = [promisesTable(result), clocksTable(result)].flatMap((table) =>
    table === null ? [] : [writeTable(table)],
  )
  return `${[
    `## ${verdictWord(result)} · ${escapeMarkdown(drill.title)}`,
    `*${routerText(result)} · ${providersText(result)} · ${run.mode} · ${shortTime(run.startedAt)} · run ${escapeMarkdown(run.id)}*`,
    escapeMarkdown(clientSentences(result)),
    ...tables,
    `Findings: ${findingsText(result)}.`,
    ...(listed.length === 0 ? [] : [listed.join('\n')]),
    ...(more > 0 ? [`${more} more in report.md.`] : []),
    `Decided by: ${escapeMarkdown(decidedBy)} (exit code ${result.exitCode}).`,
  ].join('\n\n')}\n`
}
