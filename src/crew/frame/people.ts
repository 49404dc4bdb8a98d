import { CREW_ROLES, type CrewRole } from '../../base/index.ts'
import type { BoardState } from '../board.ts'
import type { Block } from './fit.ts'
import { paragraph, type Label } from './gutter.ts'
import type { Pen } from './pen.ts'

const WHEN_STOPPED: Record<CrewRole, string> = {
  lead: 'We have stopped. What was broken is being put back by itself.',
  operator: 'Hands off: the drill undoes what it did, and proves it.',
  scribe: 'Write down why we stopped, and who said so.',
}

/** What each role does now. The lead's line is there to be read aloud, so it is the last to be cut. */
export function people(board: BoardState, pen: Pen): Block[] {
  const { status, roles } = board
  return CREW_ROLES.flatMap((role): Block[] => {
    const now = status?.stopping === true ? { text: WHEN_STOPPED[role], label: role } : lineNow(board, role)
    if (now === null) return []
    const own = roles.length < CREW_ROLES.length && roles.includes(role)
    const text = role === 'lead' ? `“${now.text}”` : now.text
    const label: Label = {
      label: now.label,
      ...(own ? { mark: '▶', tone: 'strong' } : {}),
    }
    const linesOf = (count: number) =>
      paragraph(pen, label, text, count, role === 'lead' ? 'strong' : 'plain')
    const keep = { lead: 76, operator: 52, scribe: 53 }[role] + (own ? 20 : 0)
    const large = role === 'lead' || own
    return [
      {
        keep,
        lines: linesOf(3),
        short: { lines: linesOf(1), keep: large ? keep + 1.5 : 43 },
      },
    ]
  })
}

/** The line whose turn it is: a role's lines share the phase among them. */
function lineNow({ status, said }: BoardState, role: CrewRole): { text: string; label: string } | null {
  const lines = said[role]
  const { leftMs, lengthMs } = status?.phase ?? { leftMs: 1, lengthMs: 1 }
  const done = Math.min(1, Math.max(0, 1 - leftMs / Math.max(1, lengthMs)))
  const index = Math.min(lines.length - 1, Math.floor(done * lines.length))
  const text = lines[index]
  if (text === undefined) return null
  return { text, label: lines.length === 1 ? role : `${role} ${index + 1}/${lines.length}` }
}
