import { tPlus } from '../../base/index.ts'
import type { EntryOf, FaultStory, Story } from '../compose/story.ts'
import { isRestored } from '../compose/rollback.ts'
import { counted } from '../format.ts'
import { codeBlock, codeSpan, escapeMarkdown } from './escape.ts'

export interface SafetyOfFault {
  name: string
  steps: string[]
  /** Commands that undo it by hand, as a code block; null when it is proven gone. */
  byHand: string | null
}

const WHY = {
  agenda: 'as planned',
  cap: 'its cap was reached',
  abort: 'the drill was aborted',
  signal: 'a signal came',
  error: 'something failed',
} as const

const cited = (ids: readonly string[]) =>
  ids.length === 0
    ? ''
    : ` [${ids.slice(0, 10).map(escapeMarkdown).join(', ')}${ids.length > 10 ? ` and ${ids.length - 10} more` : ''}]`
const at = ({ atMs, id }: { atMs: number; id: string }) => `${tPlus(atMs)} (${escapeMarkdown(id)})`

/** Every step of every fault with its evidence: that it could be undone, took hold, was undone, and is gone. */
export function safetyOfFaults({ faults }: Story): SafetyOfFault[] {
  return faults
    .filter(({ requested }) => requested !== null)
    .map((fault) => ({
      name: escapeMarkdown(`${fault.number + 1} · ${fault.kind} on ${fault.target}`),
      steps: [record(fault), inForce(fault), proof(fault), undone(fault), gone(fault)].filter(
        (step) => step !== '',
      ),
      byHand:
        isRestored(fault) || fault.notGone === null || fault.notGone.byHand.length === 0
          ? null
          : codeBlock(fault.notGone.byHand.join('\n'), 'sh'),
    }))
}

function record({ recorded }: FaultStory): string {
  if (recorded === null) return '**No rollback record was written before it.**'
  return `Rollback record written before the change, ${at(recorded)}: ${escapeMarkdown(recorded.what)} (${codeSpan(recorded.file)})`
}

function inForce({ inForce: entry }: FaultStory): string {
  return entry === null
    ? 'It never came into force'
    : `In force ${at(entry)}: ${escapeMarkdown(entry.detail)}`
}

function proof({ proven, notProven }: FaultStory): string {
  if (proven !== null) return `Proven ${at(proven)}: ${escapeMarkdown(proven.proof)}${cited(proven.evidence)}`
  return notProven === null
    ? '**Its effect was not proven**'
    : `**Not proven** ${at(notProven)}: ${escapeMarkdown(notProven.reason)}`
}

function undone(fault: FaultStory): string {
  const { reverting, reverted } = fault
  const restored = isRestored(fault)

  // How it went without, the next line says.
  if (reverted === null) return restored ? '' : '**The records hold no undoing of it**'
  return `Undone ${at(reverted)}, ${WHY[reverting?.why ?? 'agenda']}: ${escapeMarkdown(reverted.detail)}`
}

function gone(fault: FaultStory): string {
  const { gone: entry, notGone, undone: last } = fault
  if (isRestored(fault)) {
    if (entry !== null)
      return `Proven gone ${at(entry)}: ${escapeMarkdown(entry.proof)}${cited(entry.evidence)}`
    return `Undone and proven by ${last?.by === 'watchdog' ? 'the watchdog' : '`gameday recover`'}${last === null ? '' : ` ${at(last)}: ${escapeMarkdown(last.detail)}`}`
  }
  if (notGone !== null) return `**Not proven gone** ${at(notGone)}: ${escapeMarkdown(notGone.reason)}`
  return '**Nothing proves that it is gone.** Run `gameday recover`, or undo it by hand with the calls in its rollback record'
}

/** Who watched over the run's own process, and what came of it. */
function watched(story: Story): string[] {
  const [first, ...replaced] = story.of('watchdog.started')
  if (first === undefined) return []
  return [
    `A watchdog stood by as process ${first.pid}${
      replaced.length === 0
        ? ''
        : `; it died and was replaced ${replaced.length === 1 ? 'once' : `${replaced.length} times`}: ${story
            .of('watchdog.lost')
            .map((lost) => `${escapeMarkdown(lost.detail)} ${at(lost)}`)
            .join('; ')}`
    }`,
    ...story
      .of('watchdog.undoing')
      .map((undoing) => `**The watchdog undid the run** ${at(undoing)}: ${escapeMarkdown(undoing.detail)}`),
    ...story
      .of('rollback.forgotten')
      .map((forgotten) => `**Forgotten by hand** ${at(forgotten)}: ${escapeMarkdown(forgotten.detail)}`),
  ]
}

/** Whose decision it was: a person's by name, or the clock's or the script's in the place of whoever was asked. */
function decided(gate: EntryOf<'gate.decided'>): string {
  const asked = gate.role === undefined ? '' : `, asked of the ${gate.role}`
  const who = gate.by === 'person' ? (gate.who ?? 'a person') : `the ${gate.by}`
  return `${escapeMarkdown(gate.gate)} ${at(gate)}${asked}: **${gate.decision}**, decided by ${escapeMarkdown(who)}: ${escapeMarkdown(gate.reason)}`
}

const STOPPERS = {
  rule: 'the rule',
  person: 'a person:',
  script: 'the script:',
  signal: 'a signal:',
} as const

/** What stood between the drill and the first fault, and what stopped it. */
export function guards(story: Story): string[] {
  const checks = story.of('check')
  const failed = checks.filter(({ passed }) => !passed)
  const aborts = story.of('abort')
  return [
    ...watched(story),
    ...(checks.length === 0
      ? []
      : [
          failed.length === 0
            ? `${counted(checks.length, 'check')} before anything was broken, all passed`
            : `${counted(failed.length, 'check')} failed: ${failed.map(({ check, detail, id }) => escapeMarkdown(`${check}: ${detail} (${id})`)).join('; ')}`,
        ]),
    ...story.of('gate.decided').map(decided),
    aborts.length === 0
      ? 'No abort rule fired, and nobody stopped the drill'
      : aborts
          .map(
            (abort) =>
              `Stopped ${at(abort)} by ${STOPPERS[abort.by]} ${escapeMarkdown(abort.rule === abort.by ? abort.reason : `${abort.rule}: ${abort.reason}`)}`,
          )
          .join('; '),
  ]
}
