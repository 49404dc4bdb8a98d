import { isOver, readDay } from './day.ts'

/** What was settled about a finding: who does it by when, or why nobody does. */
export interface Assignment {
  owner: string | null
  due: string | null
  whyNot: string | null
}

/** Reads `Ana friday`, `Ana 2026-12-01`, `Ana +2w`, or `no: we can live with it`. */
export function readAssignment(typed: string, today: Date): Assignment | { problem: string } {
  const refusal = /^no(?:\s*[:,]|\s+-)\s*(.+)$/i.exec(typed.trim())
  if (refusal !== null) return { owner: null, due: null, whyNot: (refusal[1] ?? '').trim() }
  const words = typed.trim().split(/\s+/)
  const due = readDay(words.at(-1) ?? '', today)
  const owner = words
    .slice(0, due === null ? undefined : -1)
    .filter((word) => word.toLowerCase() !== 'by')
    .join(' ')
    .replace(/^@/, '')
  if (owner === '' || /^no$/i.test(owner)) return { problem: 'write a name and a day, or no: and why not' }
  if (due === null)
    return { problem: `write the day as well: ${owner} friday, ${owner} +2w, ${owner} 2026-12-01` }
  if (isOver(due, today)) return { problem: `${due} is over: write a day to come` }
  return { owner, due, whyNot: null }
}
