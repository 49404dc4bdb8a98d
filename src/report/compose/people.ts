import type { Result } from '../../record/index.ts'
import type { EntryOf, FaultStory, Story } from './story.ts'

/** A moment of the people's, and the note that stamps it. */
export interface NotedMoment {
  /** From the fault in force. */
  ms: number
  note: string
  by: string
}

/** How fast people were, with the notes that say so. */
export interface PeopleMoments {
  notice: NotedMoment | null
  decide: NotedMoment | null
  /** From the call to restore to proven restored. */
  restoreMs: number | null
  diagnose: NotedMoment | null
}

/** Finds the people's moments in what they wrote. Null where nobody attended, or no fault came into force. */
export function peopleMoments(story: Story): PeopleMoments | null {
  const fault = story.faults.find(({ inForce }) => inForce !== null)
  if (!story.started.run.attended || fault?.inForce == null) return null
  return {
    notice: firstOf(story, 'symptom', fault.inForce.atMs),
    decide: firstOf(story, 'decision', fault.inForce.atMs),
    restoreMs: restoring(story, fault, fault.inForce.atMs),
    diagnose: story.started.run.blind === true ? diagnosis(story) : null,
  }
}

/** The people's clocks: what people wrote after the first fault came into force, and how long the restoring took. */
export function composePeople(story: Story): Result['people'] {
  const moments = peopleMoments(story)
  return {
    noticeMs: moments?.notice?.ms ?? null,
    decideMs: moments?.decide?.ms ?? null,
    restoreMs: moments?.restoreMs ?? null,
    diagnoseMs: moments?.diagnose?.ms ?? null,
  }
}

function firstOf(story: Story, kind: EntryOf<'note'>['kind'], t0: number): NotedMoment | null {
  const [first] = story
    .of('note')
    .filter((note) => note.kind === kind && note.forMs >= t0)
    .toSorted((a, b) => a.forMs - b.forMs)
  return first === undefined ? null : { ms: first.forMs - t0, note: first.note, by: first.by }
}

/** The call is a person's abort, else the restore phase; what came home before anybody called was not restored by people. */
function restoring(story: Story, { gone, restoreEndMs }: FaultStory, t0: number): number | null {
  const goneMs = gone?.atMs ?? null
  if (goneMs === null) return null
  const abort = story.of('abort').find(({ by, atMs }) => by === 'person' && atMs >= t0 && atMs <= goneMs)
  const phase = story.phases.find(
    ({ kind, startMs }) => kind === 'restore' && startMs >= t0 && startMs < restoreEndMs,
  )
  const callMs = abort?.atMs ?? phase?.startMs ?? Infinity
  return goneMs < callMs ? null : goneMs - callMs
}

/** The first diagnosis that names the fault in force. What was corrected counts from its correction, not from its note. */
function diagnosis(story: Story): NotedMoment | null {
  const notes = story.of('note').filter(({ kind }) => kind === 'diagnosis')
  const guesses = [
    ...notes.map(({ note, by, text, forMs }) => ({ note, by, text, atMs: forMs })),
    ...story.of('note.corrected').filter(({ note }) => notes.some((one) => one.note === note)),
  ].toSorted((a, b) => a.atMs - b.atMs)
  for (const { note, by, text, atMs } of guesses) {
    const fault = story.faults.find(
      ({ inForce, reverted }) =>
        inForce !== null && atMs >= inForce.atMs && atMs <= (reverted?.atMs ?? Infinity),
    )
    if (fault?.inForce == null || text.trim().toLowerCase() !== fault.kind) continue
    return { ms: atMs - fault.inForce.atMs, note, by }
  }
  return null
}
