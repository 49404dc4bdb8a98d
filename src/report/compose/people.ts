import type { Result } from '../../record/index.ts'
import type { Story } from './story.ts'

/**
 * How fast people were: first symptom and first decision noted after the first fault came into force, and the time
 * from the beginning of its restore phase to its undoing. All null without people.
 */
export function composePeople(story: Story): Result['people'] {
  const fault = story.faults.find(({ inForce }) => inForce !== null)
  if (!story.started.run.attended || fault?.inForce == null)
    return { noticeMs: null, decideMs: null, restoreMs: null }
  const t0 = fault.inForce.atMs
  const first = (kind: string) => {
    const moments = story
      .of('note')
      .filter((note) => note.kind === kind && note.forMs >= t0)
      .map(({ forMs }) => forMs)
    return moments.length === 0 ? null : Math.min(...moments) - t0
  }
  const restore = story.phases.find(({ kind, startMs }) => kind === 'restore' && startMs >= t0)
  const revertedMs = fault.reverted?.atMs ?? null
  return {
    noticeMs: first('symptom'),
    decideMs: first('decision'),
    restoreMs:
      restore === undefined || revertedMs === null || revertedMs < restore.startMs
        ? null
        : revertedMs - restore.startMs,
  }
}

/** What people wrote down, in the order of the moments they wrote about. */
export function composeNotes(story: Story): Result['notes'] {
  return story
    .of('note')
    .map(({ note, forMs, role, by, kind, text }) => ({ id: note, atMs: forMs, role, by, kind, text }))
    .sort((a, b) => a.atMs - b.atMs)
}
