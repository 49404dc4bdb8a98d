import { GamedayError, type FaultTarget, type PhaseKind } from '../../base/index.ts'
import type { EventOf, JournalEntry, JournalEventType, Records } from '../../record/index.ts'

export type EntryOf<T extends JournalEventType> = JournalEntry<EventOf<T>>

export interface PhaseStory {
  name: string
  kind: PhaseKind
  startMs: number
  /** When it ended, the next one began, or the records end. */
  endMs: number
}

/** All that the journal says about one fault, by its number in the agenda. */
export interface FaultStory {
  number: number
  kind: string
  target: FaultTarget
  parameters: Record<string, unknown>
  /** The fault that the other provider met in the same phase; null where there was none. */
  beside: { number: number; kind: string; target: FaultTarget } | null
  /** Whether the way to the provider fails rather than the provider. */
  network: boolean
  /** Whether every request to the target is hit. */
  whole: boolean
  /** Whether undoing it cuts connections by itself. */
  cutsOnRevert: boolean
  requested: EntryOf<'fault.requested'> | null
  inForce: EntryOf<'fault.in-force'> | null
  proven: EntryOf<'fault.proven'> | null
  notProven: EntryOf<'fault.not-proven'> | null
  reverting: EntryOf<'fault.reverting'> | null
  reverted: EntryOf<'fault.reverted'> | null
  gone: EntryOf<'fault.gone'> | null
  notGone: EntryOf<'fault.not-gone'> | null
  /** What a hand was asked to do, and did, in its order. */
  hand: (EntryOf<'hand.asked'> | EntryOf<'hand.done'>)[]
  skipped: EntryOf<'fault.skipped'> | null
  recorded: EntryOf<'rollback.recorded'> | null
  /** The last word on its rollback record. */
  undone: EntryOf<'rollback.undone'> | null
  /** End of the restore phase that follows its break phase, or of what came instead; the latest its outage can last. */
  restoreEndMs: number
}

/** The journal, sorted by what it is about. */
export interface Story {
  started: EntryOf<'run.started'>
  ended: EntryOf<'run.ended'> | null
  /** The latest moment that any record knows of, in milliseconds from the drill's start. */
  lastMs: number
  phases: PhaseStory[]
  faults: FaultStory[]
  of<T extends JournalEventType>(type: T): EntryOf<T>[]
}

/** Reads the journal of a run, finished or killed. Throws `RECORDS_UNREADABLE` when it has no beginning. */
export function readStory(records: Records): Story {
  const { journal } = records
  const of = <T extends JournalEventType>(type: T) =>
    journal.filter((entry): entry is EntryOf<T> => entry.type === type)
  const started = of('run.started')[0]
  if (started === undefined) {
    throw new GamedayError(`the journal has ${journal.length} lines and none of them is run.started`, {
      code: 'RECORDS_UNREADABLE',
      hint: 'The run ended before it began; there is nothing to report on.',
    })
  }
  const lastMs = lastMoment(records)
  const phases = phaseStories(of('phase.started'), of('phase.ended'), lastMs)
  return {
    started,
    ended: of('run.ended').at(-1) ?? null,
    lastMs,
    phases,
    faults: faultStories(of, phases, lastMs),
    of,
  }
}

function lastMoment({ journal, samples, attempts }: Records): number {
  let last = 0
  for (const entry of journal) {
    // Whoever cleans up after a dead run writes hours later, about the same run but not as a part of it.
    if (isAfterwards(entry)) continue
    last = Math.max(last, entry.atMs)
  }
  for (const { endMs, intendedMs } of samples) last = Math.max(last, endMs ?? intendedMs)
  for (const { endMs, startMs } of attempts) last = Math.max(last, endMs ?? startMs)
  return last
}

function isAfterwards(entry: JournalEntry): boolean {
  return (
    (entry.type === 'rollback.undone' && entry.by !== 'run') ||
    entry.type === 'rollback.forgotten' ||
    entry.type === 'watchdog.undoing'
  )
}

function phaseStories(
  started: EntryOf<'phase.started'>[],
  ended: EntryOf<'phase.ended'>[],
  lastMs: number,
): PhaseStory[] {
  return started.map(({ index, name, kind, atMs }, position) => {
    const own = ended.find((entry) => entry.index === index && entry.atMs >= atMs)
    return { name, kind, startMs: atMs, endMs: own?.atMs ?? started[position + 1]?.atMs ?? lastMs }
  })
}

type FaultEventType = Extract<JournalEventType, `fault.${string}` | 'rollback.recorded'>

function faultStories(of: Story['of'], phases: PhaseStory[], lastMs: number): FaultStory[] {
  const requests = of('fault.requested')
  const skips = of('fault.skipped')
  const numbers = [...new Set([...requests, ...skips].map(({ fault }) => fault))].sort((a, b) => a - b)
  return numbers.flatMap((number) => {
    const own = <T extends FaultEventType>(type: T) =>
      of(type).filter((entry) => 'fault' in entry && entry.fault === number)
    const requested = requests.find(({ fault }) => fault === number) ?? null
    const skipped = skips.find(({ fault }) => fault === number) ?? null
    const named = requested ?? skipped
    if (named === null) return []
    const recorded = own('rollback.recorded').at(-1) ?? null
    const notProven = own('fault.not-proven').at(-1) ?? null
    return {
      number,
      kind: named.kind,
      target: named.target,
      parameters: requested?.parameters ?? {},
      beside: besideOf(requests, requested),
      network: requested?.network ?? false,
      whole: requested?.whole ?? true,
      cutsOnRevert: requested?.cutsOnRevert ?? false,
      requested,
      inForce: own('fault.in-force')[0] ?? null,
      // The last word counts: a fault that somebody else undid meanwhile was proven once, and is not.
      proven: notProven === null ? (own('fault.proven')[0] ?? null) : null,
      notProven,
      reverting: own('fault.reverting')[0] ?? null,
      reverted: own('fault.reverted')[0] ?? null,
      gone: own('fault.gone').at(-1) ?? null,
      notGone: own('fault.not-gone').at(-1) ?? null,
      hand: [...of('hand.asked'), ...of('hand.done')].filter(({ fault }) => fault === number),
      skipped,
      recorded,
      undone: of('rollback.undone').findLast(({ plan }) => plan === recorded?.plan) ?? null,
      restoreEndMs: Math.max(
        restoreEnd(requested, phases, lastMs),
        ...[...own('fault.reverted'), ...own('fault.gone')].map(({ atMs }) => atMs),
      ),
    }
  })
}

function besideOf(
  requests: readonly EntryOf<'fault.requested'>[],
  requested: EntryOf<'fault.requested'> | null,
): FaultStory['beside'] {
  const other = requests.find((one) => one.phase === requested?.phase && one.fault !== requested.fault)
  return other === undefined ? null : { number: other.fault, kind: other.kind, target: other.target }
}

/** An aborted drill leaves its break phase and may never enter the restore phase: then all that is left counts. */
function restoreEnd(
  requested: EntryOf<'fault.requested'> | null,
  phases: PhaseStory[],
  lastMs: number,
): number {
  if (requested === null) return lastMs
  const broke = phases.findLastIndex(({ startMs }) => startMs <= requested.atMs)
  const next = phases[broke + 1]
  return next?.kind === 'restore' ? next.endMs : (phases[broke]?.endMs ?? lastMs)
}
