import { tPlus } from '../../base/index.ts'
import { isBackDated, type EventOf, type JournalEntry } from '../../record/index.ts'
import { escapeMarkdown } from './escape.ts'

type Note = JournalEntry<EventOf<'note'>>
type Correction = JournalEntry<EventOf<'note.corrected'>>

/** A note among the lines of the drill: what it says now, who wrote it, and what it said before. */
export function noteRow(
  note: Note,
  corrections: readonly Correction[],
): { atMs: number; id: string; who: string; what: string } {
  const versions = [note, ...corrections]
  const last = versions.at(-1) ?? note
  const owner = versions.findLast((version) => version.owner !== undefined)?.owner
  const due = versions.findLast((version) => version.due !== undefined)?.due
  const facts = [
    note.by,
    ...(owner === undefined ? [] : [`owner ${owner}`]),
    ...(due === undefined ? [] : [`due ${due}`]),
    ...(isBackDated(note) ? [`written down at ${tPlus(note.atMs)}`] : []),
    ...corrections.map(
      ({ by, atMs }, index) =>
        `corrected${by === note.by ? '' : ` by ${by}`} at ${tPlus(atMs)}, before: “${versions[index]?.text ?? ''}”`,
    ),
  ]
  return {
    atMs: note.forMs,
    id: note.note,
    who: note.role,
    what: `**${note.kind}** “${escapeMarkdown(last.text)}” (${escapeMarkdown(facts.filter((fact) => fact !== '').join('; '))})`,
  }
}
