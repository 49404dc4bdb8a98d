import { tPlus } from '../../base/index.ts'
import { cite, type Draft, type Rule } from './rule.ts'

/** What somebody in the drill said had to be done. */
export const toDo: Rule = {
  id: 'to-do',
  find: ({ story }) =>
    story
      .of('note')
      .filter(({ kind }) => kind === 'to-do')
      .map((note): Draft => ({
        severity: 'minor',
        title: `Noted by ${note.by} (${note.role}) at ${tPlus(note.forMs)}: ${note.text}`,
        evidence: cite([note.id]),
        recommendation: 'Give it an owner and a date before everybody leaves.',
      })),
}
