import { setAsideInWords } from '../../drill/index.ts'
import type { Records, Result } from '../../record/index.ts'
import { readStory, type Story } from '../compose/story.ts'
import { description } from '../svg/description.ts'
import { sentence, shortTime, span } from '../format.ts'
import { providersText, routerText, verdictWord } from '../words.ts'
import { alertsTable } from './alerts.ts'
import { attendance } from './attendance.ts'
import { budgetLines } from './budget.ts'
import { clientSentences } from './client.ts'
import { clockNotes, clocksTable } from './clocks.ts'
import { comparedWith } from './compared.ts'
import { debriefLines } from './debrief.ts'
import { codeBlock, codeSpan, escapeDeep, escapeMarkdown } from './escape.ts'
import { happenedTable } from './happened.ts'
import { classesTable, failureLines, phasesTable } from './numbers.ts'
import { peopleTable } from './people-table.ts'
import { peopleSentences } from './people.ts'
import { promisesTable } from './promises.ts'
import { guards, safetyOfFaults } from './safety.ts'
import { settledText } from './settled.ts'
import { writeTable, type Table } from './table.ts'
import { tenantTables } from './tenants.ts'
import { uncheckedLines } from './unchecked.ts'

const table = (from: Table | null) => (from === null ? null : writeTable(from))

/**
 * What a template can print. Every string in it is Markdown already, with all text from outside escaped: a template
 * needs no helpers and cannot forget one. What is absent is null or an empty list.
 */
export function viewOf(result: Result, records: Records) {
  const story = readStory(records)
  const { drill, run, findings } = result
  return {
    title: escapeMarkdown(drill.title),
    verdict: verdictWord(result),
    because: escapeMarkdown(because(result)),
    circumstances: circumstances(result, story),
    client: escapeMarkdown(clientSentences(result)),
    hypothesis: escapeMarkdown(drill.hypothesis),
    promises: table(promisesTable(result)),
    picture: escapeMarkdown(description(result)),
    clocks: table(clocksTable(result)),
    clockNotes: clockNotes(result),
    alerts: table(alertsTable(result)),
    people: peopleSentences(result, story),
    peopleClocks: table(peopleTable(result, story)),
    debrief: debriefLines(result, story),
    compared: comparedWith(result),
    budget: budgetLines(result, story),
    findings: findings.map((finding) => ({
      ...escapeDeep(finding),
      evidence: finding.evidence.map(escapeMarkdown).join(', '),
      owner: escapeMarkdown(finding.owner ?? 'nobody yet'),
      due: escapeMarkdown(finding.due ?? 'no date yet'),
      settled: settledText(finding, story),
    })),
    phases: table(phasesTable(result)),
    failures: failureLines(result),
    classes: table(classesTable(result)),
    classesOver: result.faults.some(({ inForceMs }) => inForceMs !== null)
      ? 'in the outages'
      : 'over the whole drill',
    tenants: tenantTables(result),
    happened: writeTable(happenedTable(records)),
    guards: guards(story),
    safety: safetyOfFaults(story),
    unchecked: uncheckedLines(result, story),
    again: {
      command: codeBlock(run.command, 'sh'),
      facts: [
        `Drill ${codeSpan(drill.file)}, sha256 ${codeSpan(drill.sha256)}`,
        `Seed ${run.seed}, run ${codeSpan(run.id)}, records beside this file`,
        `Versions: ${Object.entries(run.versions)
          .map(([name, version]) => escapeMarkdown(`${name} ${version}`))
          .join(
            ', ',
          )}; ${escapeMarkdown(`${result.environment.toxiproxy.kind} Toxiproxy ${result.environment.toxiproxy.version}`)}`,
        `Providers: ${result.environment.providers.map(({ role, name, model, kind, format }) => escapeMarkdown(`${role} ${name} (${kind}, ${format}, ${model})`)).join('; ')}`,
        `Exit code ${result.exitCode}, decided by: ${escapeMarkdown(result.decidedBy)}`,
      ],
    },
    /** The whole result, its strings escaped, for templates that want other numbers. */
    result: escapeDeep(result),
  }
}

function because({ verdict, faults, decidedBy, drill }: Result): string {
  if (verdict !== 'held') return decidedBy
  const which =
    faults.length === 1 ? 'the fault' : faults.length === 2 ? 'both faults' : `all ${faults.length} faults`
  const promises = {
    slo: 'every promise was kept',
    behaviour: 'no promise was broken (the SLO itself is not claimed)',
    recovery: 'service came back in time (the SLO itself is not claimed)',
  }[drill.claim]
  return `${which} took hold, ${promises}, and everything was restored and proven restored`
}

/** Whose router, whose providers, who was there, when and for how long. */
function circumstances(result: Result, story: Story): string {
  const { run, environment } = result
  const { setAside = [] } = environment.router
  return [
    sentence(routerText(result)),
    providersText(result),
    attendance(story),
    ...(setAside.length === 0 ? [] : [escapeMarkdown(setAsideInWords(setAside))]),
    ...(run.blind ? ['blind: the faults were drawn by seed and hidden'] : []),
    shortTime(run.startedAt),
    span(run.durationMs),
    ...(run.endedAt === null ? ['**the records end early**'] : []),
  ].join(' · ')
}
