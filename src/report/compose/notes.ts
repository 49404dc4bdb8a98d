import type { Result } from '../../record/index.ts'
import { noteStory, type NoteStory } from './note-story.ts'
import type { Story } from './story.ts'

/** What people wrote down, as last corrected, in the order of the moments that it is about. */
export function noteStories(story: Story): NoteStory[] {
  const corrections = story.of('note.corrected')
  return story
    .of('note')
    .map((written) => noteStory(written, corrections))
    .toSorted((a, b) => a.atMs - b.atMs)
}

/** The notes as the result has them. */
export function composeNotes(story: Story): Result['notes'] {
  return noteStories(story).map(({ written, corrections, text, atMs, owner, due }) => ({
    id: written.note,
    atMs,
    role: written.role,
    by: written.by,
    script: written.script === true,
    kind: written.kind,
    text,
    earlier: [written, ...corrections].slice(0, -1).map((version) => version.text),
    owner,
    due,
  }))
}
