import type { Result } from '../../record/index.ts'
import type { Story } from './story.ts'

/** What people wrote down, as last corrected, in the order of the moments they wrote about. */
export function composeNotes(story: Story): Result['notes'] {
  const corrections = story.of('note.corrected')
  return story
    .of('note')
    .map((written) => {
      const versions = [written, ...corrections.filter(({ note }) => note === written.note)]
      return {
        id: written.note,
        atMs: written.forMs,
        role: written.role,
        by: written.by,
        kind: written.kind,
        text: versions.at(-1)?.text ?? written.text,
        earlier: versions.slice(0, -1).map(({ text }) => text),
        owner: versions.findLast(({ owner }) => owner !== undefined)?.owner ?? null,
        due: versions.findLast(({ due }) => due !== undefined)?.due ?? null,
      }
    })
    .toSorted((a, b) => a.atMs - b.atMs)
}
