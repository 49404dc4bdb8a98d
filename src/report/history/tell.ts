import { visible } from '../closing.ts'
import { counted } from '../format.ts'
import { lastHeld, type LastHeld } from './attendance.ts'
import type { History } from './read.ts'
import { retestsDue, type RetestDue } from './retests.ts'
import { tableLines, type Drawing } from './table.ts'

/** Tells the past drills: a table, how long ago people held each, and which re-tests are due. */
export function historyLines({ drills }: Pick<History, 'drills'>, today: Date, drawing: Drawing): string[] {
  const due = retestsDue(drills, today)
  const held = lastHeld(drills, today)
  const width = Math.max(0, ...held.map(({ drill }) => drill.length))
  return [
    ...tableLines(drills, drawing),
    '',
    'failover: of the worst fault, until service was stable; its bar is measured by',
    'the longest of that drill. budget: failures the worst outage would have spent.',
    '',
    'Last held with people (runs without people reset nothing):',
    ...held.map((one) => `  ${one.drill.padEnd(width)}  ${ago(one)}`),
    '',
    ...(due.length === 0 ? ['No re-test is due.'] : ['Re-tests due:', ...due.flatMap(retest)]),
  ].map(visible)
}

function ago({ last, daysAgo, unattendedSince }: LastHeld): string {
  const without = unattendedSince === 0 ? '' : `; ${counted(unattendedSince, 'run')} without since`
  if (last === null || daysAgo === null) return `never${without.replace(' since', '')}`
  const when = daysAgo === 0 ? 'today' : daysAgo === 1 ? 'yesterday' : `${counted(daysAgo, 'day')} ago`
  return `${when} (${last.startedAt.slice(0, 10)}, ${last.verdict ?? 'failed'})${without}`
}

function retest({ past, finding }: RetestDue): string[] {
  return [
    `  since ${finding.retest}  ${finding.title}`,
    `    found ${past.startedAt.slice(0, 10)} in run ${past.run}, ${finding.owner === null ? 'owned by nobody' : `owned by ${finding.owner}`}: gameday run ${past.drill}`,
  ]
}

/** The same for programs: everything that `historyLines` tells, as plain data. */
export function historyData(history: History, today: Date) {
  return {
    drills: history.drills,
    lastHeld: lastHeld(history.drills, today).map(({ last, ...rest }) => ({
      ...rest,
      run: last?.run ?? null,
    })),
    retestsDue: retestsDue(history.drills, today).map(({ past, finding }) => ({
      drill: past.drill,
      run: past.run,
      ...finding,
    })),
    unreadable: history.unreadable,
  }
}
