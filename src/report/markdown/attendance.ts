import { CREW_ROLES } from '../../base/index.ts'
import type { Story } from '../compose/story.ts'
import { listed } from '../format.ts'
import { escapeMarkdown } from './escape.ts'

/** Names who was there and in which roles: `attended by Ada (lead, operator) and Grace (scribe)`. Markdown. */
export function attendance(story: Story): string {
  if (!story.started.run.attended) return 'unattended'
  const people = [...rolesByName(story)].map(([name, roles]) =>
    roles.length === 0 ? name : `${name} (${roles.join(', ')})`,
  )
  return people.length === 0 ? 'attended' : `attended by ${escapeMarkdown(listed(people))}`
}

/** Every name with its roles: as they were given out, with whoever joined for one, if only for a while, or decided. A note alone is none. */
function rolesByName(story: Story): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const meet = (name: string, role: string | null) => {
    const roles = found.get(name) ?? []
    if (role !== null && !roles.includes(role)) roles.push(role)
    found.set(name, roles)
  }
  const { people } = story.started.run
  for (const role of CREW_ROLES) if (people !== undefined) meet(people[role], role)
  for (const { by, role } of story.of('seat.joined')) meet(by, role)
  for (const { by, who } of story.of('gate.decided'))
    if (by === 'person' && who !== null && !found.has(who)) meet(who, null)
  return found
}
