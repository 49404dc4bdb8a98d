import { tPlus } from '../base/index.ts'
import type { EventOf, JournalEntry } from './journal.ts'

/** A note written down this long after its moment says which moment it is about; what is shorter is typing. */
const BACK_DATED_MS = 5000

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
        who: entry.role ?? entry.by,
        text: `${entry.gate}: ${entry.decision.toUpperCase()} (${[entry.who ?? `the ${entry.by}`, entry.reason].join(', ')})`,
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
    case 'hand.asked':
      return { who: 'hand', text: `asked to ${entry.to} the key in the vendor’s console` }
    case 'hand.done':
      return {
        who: 'hand',
        text:
          entry.to === 'revoke'
            ? `the key is refused (last accepted at ${tPlus(entry.lastMs)})`
            : `the key is accepted again (last refused at ${tPlus(entry.lastMs)})`,
      }
    case 'router.bypassed':
      return {
        who: 'router',
        text: `started again with BYPASS_ROUTER=true (${entry.who ?? `the ${entry.by}`}): everything goes straight to the ${entry.provider}`,
      }
    case 'router.circuit':
      return { who: 'router', text: `circuit of ${entry.provider} ${entry.state}: ${entry.reason}` }
    case 'abort':
      return {
        who: entry.by,
        text: `ABORT${entry.rule === entry.by ? '' : ` (${entry.rule})`}: ${entry.reason}`,
      }
    case 'note':
      return {
        who: entry.role,
        text: `${entry.note} ${entry.kind}: ${quoted(entry)}${isBackDated(entry) ? forMoment(entry.forMs) : ''}`,
      }
    case 'note.corrected':
      return {
        who: entry.role,
        text: `${entry.note} corrected: ${quoted(entry)}${entry.forMs === undefined ? '' : forMoment(entry.forMs)}`,
      }
    case 'seat.joined':
      return { who: 'gameday', text: `${entry.by} has joined as ${entry.role}` }
    case 'seat.left':
      return { who: 'gameday', text: `${entry.by} (${entry.role}) has left` }
    case 'debrief.said':
      return {
        who: entry.role,
        text: `${entry.about}: "${entry.text}" (${speakerOf(entry)})`,
      }
    case 'finding.assigned':
      return { who: 'debrief', text: `${entry.title.replace(/\.$/, '')}: ${assignment(entry)}` }
    case 'next.proposed':
      return {
        who: 'debrief',
        text: `next drill on ${entry.date} (${entry.by === 'clock' ? 'proposed by the clock' : speakerOf(entry)})`,
      }
    case 'error':
      return { who: 'gameday', text: entry.message }
    case 'run.ended':
      return { who: 'gameday', text: `the drill ended: ${entry.detail}` }
    case 'phase.ended':
    case 'load.summary':
      return null
  }
}

/** `Ana`, `the clock`, `Ana, by script`. */
export const speakerOf = ({ who, by }: Pick<EventOf<'debrief.said'>, 'who' | 'by'>) =>
  by === 'script' && who !== null ? `${who}, by script` : (who ?? `the ${by}`)

type Written = Pick<EventOf<'note' | 'note.corrected'>, 'text' | 'by' | 'owner' | 'due' | 'script'>

/** Who wrote a note: `Ana`, or `Ana, by script`. */
export const writerOf = ({ by, script }: Pick<Written, 'by' | 'script'>) =>
  script === true ? `${by}, by script` : by

/** `"alert on 401" (Ana; owner Ben, due 2026-12-01)` */
function quoted({ text, owner, due, ...written }: Written): string {
  const facts = [owner === undefined ? '' : `owner ${owner}`, due === undefined ? '' : `due ${due}`]
  return `"${text}" (${[writerOf(written), facts.filter((fact) => fact !== '').join(', ')].filter((part) => part !== '').join('; ')})`
}

const forMoment = (ms: number) => `, for ${tPlus(ms)}`

/** Whether a note is about a moment that had passed when it was written down, by more than the typing takes. */
export function isBackDated({ forMs, atMs }: Pick<JournalEntry<EventOf<'note'>>, 'forMs' | 'atMs'>): boolean {
  return atMs - forMs >= BACK_DATED_MS
}

function assignment({ owner, due, whyNot }: EventOf<'finding.assigned'>): string {
  return whyNot === null ? [owner, due].join(' by ') : `nobody, because ${whyNot}`
}

function begins({ run, environment }: JournalEntry<EventOf<'run.started'>>): string {
  const { bypass } = environment.router
  return [
    `${run.mode}, seed ${run.seed}`,
    ...(run.people === undefined
      ? []
      : [`lead ${run.people.lead}, operator ${run.people.operator}, scribe ${run.people.scribe}`]),
    ...(run.attended ? [] : ['the people’s lines are only read out, and nobody is asked']),
    ...(run.blind === true ? ['BLIND: the faults were drawn by seed and are hidden'] : []),
    ...(bypass === undefined ? [] : [`the router is BYPASSED: everything goes straight to the ${bypass}`]),
  ].join('; ')
}
