import type { EventOf, JournalEntry } from './journal.ts'

/** Who did what, as a line of the drill's log and of the report's timeline. */
export interface Line {
  who: string
  text: string
}

/** Says a journal entry in a short sentence; null for those that only carry data. */
export function describeEntry(entry: JournalEntry): Line | null {
  switch (entry.type) {
    case 'run.started':
      return { who: 'gameday', text: `${entry.drill.title}: ${begins(entry)}` }
    case 'phase.started':
      return { who: 'phase', text: `${entry.name} begins` }
    case 'said':
      return { who: entry.role, text: entry.text }
    case 'gate.decided':
      return {
        who: entry.who ?? entry.by,
        text: `${entry.gate}: ${entry.decision.toUpperCase()}, ${entry.reason}`,
      }
    case 'check':
      return { who: 'check', text: `${entry.passed ? 'passed' : 'FAILED'} · ${entry.check}: ${entry.detail}` }
    case 'rollback.recorded':
      return { who: 'rollback', text: `record written before the change: ${entry.what}` }
    case 'fault.requested':
      return { who: 'fault', text: `${entry.kind} on ${entry.target} asked for` }
    case 'fault.in-force':
      return { who: 'fault', text: `in force (± ${entry.uncertaintyMs.toFixed(1)} ms): ${entry.detail}` }
    case 'fault.proven':
      return { who: 'fault', text: `proven: ${entry.proof}` }
    case 'fault.not-proven':
      return { who: 'fault', text: `NOT PROVEN: ${entry.reason}` }
    case 'fault.reverting':
      return { who: 'fault', text: `undoing it (${entry.why})` }
    case 'fault.reverted':
      return { who: 'fault', text: `undone: ${entry.detail}` }
    case 'fault.gone':
      return { who: 'fault', text: `proven gone: ${entry.proof}` }
    case 'fault.not-gone':
      return { who: 'fault', text: `NOT PROVEN GONE: ${entry.reason}` }
    case 'fault.skipped':
      return { who: 'fault', text: `${entry.kind} on ${entry.target} skipped: ${entry.reason}` }
    case 'rollback.undone':
      return {
        who: 'rollback',
        text: `${entry.proven ? 'undone and proven' : 'undone, NOT PROVEN'} by ${entry.by}: ${[entry.detail, ...(entry.theirs ?? [])].join('; ')}`,
      }
    case 'rollback.forgotten':
      return { who: 'rollback', text: `FORGOTTEN, not undone: ${entry.detail}` }
    case 'watchdog.started':
      return { who: 'watchdog', text: `stands by as process ${entry.pid}` }
    case 'watchdog.lost':
      return { who: 'watchdog', text: `LOST: ${entry.detail}` }
    case 'watchdog.undoing':
      return { who: 'watchdog', text: `UNDOES the run: ${entry.detail}` }
    case 'router.circuit':
      return { who: 'router', text: `circuit of ${entry.provider} ${entry.state}: ${entry.reason}` }
    case 'abort':
      return { who: entry.by, text: `ABORT (${entry.rule}): ${entry.reason}` }
    case 'note':
      return { who: `${entry.role} ${entry.by}`.trim(), text: `${entry.kind}: ${entry.text}` }
    case 'error':
      return { who: 'gameday', text: entry.message }
    case 'run.ended':
      return { who: 'gameday', text: `the drill ended: ${entry.detail}` }
    case 'phase.ended':
    case 'load.summary':
      return null
  }
}

function begins({ run, environment }: JournalEntry<EventOf<'run.started'>>): string {
  const { bypass } = environment.router
  return [
    `${run.mode}, seed ${run.seed}`,
    ...(run.attended ? [] : ['the people’s lines are only read out, and nobody is asked']),
    ...(bypass === undefined ? [] : [`the router is BYPASSED: everything goes straight to the ${bypass}`]),
  ].join('; ')
}
