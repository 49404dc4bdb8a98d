import { tPlus } from '../../base/index.ts'
import { isBackDated, writerOf } from '../../record/index.ts'
import type { NoteStory } from '../compose/note-story.ts'
import { escapeMarkdown } from './escape.ts'

/** A note among the lines of the drill: what it says now, who wrote it, and what it said before. */
export function noteRow(note: NoteStory): { atMs: number; id: string; who: string; what: string } {
  const { written, text, atMs, owner, due } = note
  const facts = [
    writerOf(written),
    ...(owner === null ? [] : [`owner ${owner}`]),
    ...(due === null ? [] : [`due ${due}`]),
    ...(isBackDated({ atMs: written.atMs, forMs: atMs }) ? [`written down at ${tPlus(written.atMs)}`] : []),
    ...corrections(note),
  ]
  return {
    atMs,
    id: written.note,
    who: written.role,
    what: `**${written.kind}** “${escapeMarkdown(text)}” (${escapeMarkdown(facts.filter((fact) => fact !== '').join('; '))})`,
  }
}

/** Each correction, with what the note said before it, and for when where it was moved. */
function corrections({ written, corrections: all }: NoteStory): string[] {
  let text = written.text
  let momentMs = written.forMs
  return all.map((correction) => {
    const by = writerOf(correction) === writerOf(written) ? '' : ` by ${writerOf(correction)}`
    const moved = correction.forMs !== undefined && correction.forMs !== momentMs
    const told = `corrected${by} at ${tPlus(correction.atMs)}, before: “${text}”${moved ? ` for ${tPlus(momentMs)}` : ''}`
    text = correction.text
    momentMs = correction.forMs ?? momentMs
    return told
  })
}
