import type { Result } from '../../record/index.ts'
import { rightDiagnosis } from './diagnosis.ts'
import { noteStories } from './notes.ts'
import type { NotedMoment } from './noted-moment.ts'
import type { EntryOf, FaultStory, Story } from './story.ts'

/** From the call to restore to proven restored. */
export interface Restoring {
  ms: number
  /** Who stopped the drill; null where it was restored when the agenda said so. */
  calledBy: string | null
}

/** How fast people were, with the notes that say so. */
export interface PeopleMoments {
  notice: NotedMoment | null
  decide: NotedMoment | null
  restore: Restoring | null
  diagnose: NotedMoment | null
}

/** Finds the people's moments in what they wrote. Null where nobody attended, or no fault came into force. */
export function peopleMoments(story: Story): PeopleMoments | null {
  const fault = story.faults.find(({ inForce }) => inForce !== null)
  if (!story.started.run.attended || fault?.inForce == null) return null
  return {
    notice: firstOf(story, 'symptom', fault.inForce.atMs),
    decide: firstOf(story, 'decision', fault.inForce.atMs),
    restore: restoring(story, fault, fault.inForce.atMs),
    diagnose: story.started.run.blind === true ? rightDiagnosis(story) : null,
  }
}

/** The people's clocks: what people wrote after the first fault came into force, and how long the restoring took. */
export function composePeople(story: Story): Result['people'] {
  const moments = peopleMoments(story)
  return {
    noticeMs: moments?.notice?.ms ?? null,
    decideMs: moments?.decide?.ms ?? null,
    restoreMs: moments?.restore?.ms ?? null,
    diagnoseMs: moments?.diagnose?.ms ?? null,
  }
}

/** The operator of a blind drill may know what is broken; whoever was told has noticed nothing. */
function firstOf(story: Story, kind: EntryOf<'note'>['kind'], t0: number): NotedMoment | null {
  const isBlind = story.started.run.blind === true
  const first = noteStories(story)
    .filter(({ written }) => !isBlind || written.role !== 'operator')
    .find(({ written, atMs }) => written.kind === kind && atMs >= t0)
  return first === undefined ? null : { ms: first.atMs - t0, note: first.written.note, by: first.written.by }
}

/** The call is a person's abort, else the restore phase; what came home before anybody called was not restored by people. */
function restoring(story: Story, { gone, restoreEndMs }: FaultStory, t0: number): Restoring | null {
  const goneMs = gone?.atMs ?? null
  if (goneMs === null) return null
  const abort = story.of('abort').find(({ by, atMs }) => by === 'person' && atMs >= t0 && atMs <= goneMs)
  const phase = story.phases.find(
    ({ kind, startMs }) => kind === 'restore' && startMs >= t0 && startMs < restoreEndMs,
  )
  const callMs = abort?.atMs ?? phase?.startMs ?? Infinity
  if (goneMs < callMs) return null
  return { ms: goneMs - callMs, calledBy: abort === undefined ? null : callerOf(abort) }
}

const callerOf = ({ by, rule, who }: EntryOf<'abort'>) => who ?? (by === 'person' ? 'a person' : rule)
