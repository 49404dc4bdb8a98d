import type { JournalEntry } from '../../record/index.ts'
import type { NotedMoment } from './noted-moment.ts'
import type { Story } from './story.ts'

/**
 * Finds the first diagnosis that names a hidden fault: written before everybody was told, about a moment from the fault
 * in force to the end of its restore phase, by anybody but the operator, who may know. A correction is a guess of its
 * own, of the moment at which it was written; whatever it says that it is about.
 */
export function rightDiagnosis(story: Story): NotedMoment | null {
  const notes = story.of('note').filter(({ kind }) => kind === 'diagnosis')
  const corrections = story.of('note.corrected').filter(({ note }) => notes.some((one) => one.note === note))
  const revealMs = revealedAt(story)
  const guesses = [
    ...notes.map((note) => ({ ...note, madeMs: note.forMs })),
    ...corrections.map((correction) => ({ ...correction, madeMs: correction.atMs })),
  ]
    .filter(({ atMs, role }) => atMs < revealMs && role !== 'operator')
    .toSorted((a, b) => a.madeMs - b.madeMs)
  for (const { note, by, text, madeMs } of guesses) {
    const fault = story.faults.findLast(({ inForce }) => inForce !== null && inForce.atMs <= madeMs)
    if (fault?.inForce == null || madeMs > fault.restoreEndMs) continue
    if (text.trim().toLowerCase() === fault.kind) return { ms: madeMs - fault.inForce.atMs, note, by }
  }
  return null
}

/** When the engine told everybody what was broken: with the debrief, or with whatever ended the drill before it. */
function revealedAt(story: Story): number {
  const told: JournalEntry[] = [
    ...story.of('phase.started').filter(({ kind }) => kind === 'debrief' || kind === 'close'),
    ...story.of('abort'),
    ...story.of('fault.not-gone'),
    ...story.of('run.ended'),
  ]
  return Math.min(...told.map(({ atMs }) => atMs))
}
