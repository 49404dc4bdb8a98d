import type { Before } from '../../record/index.ts'
import type { History } from './read.ts'
import { identity, isJudged, retestsDue } from './retests.ts'

/**
 * Finds what a drill is compared with: the last one of its name that was judged, held or weak. With `prefer` the last
 * one with people, if there was any, because people's clocks compare with those of people.
 *
 * Its findings come with those of earlier drills whose re-test is due and which no drill has covered since.
 */
export function beforeOf(
  { drills }: Pick<History, 'drills'>,
  drillName: string,
  today: Date,
  prefer?: 'attended',
): Before | null {
  const judged = drills.filter((past) => past.drill === drillName && isJudged(past))
  const last =
    (prefer === 'attended' ? judged.findLast(({ attended }) => attended) : undefined) ?? judged.at(-1)
  if (last === undefined || last.verdict === null) return null
  const due = retestsDue(judged, today).map(({ past, finding }) => ({ id: identity(past, finding), finding }))
  const own = last.findings.map((finding) => ({ id: identity(last, finding), finding }))
  const older = due.filter(({ id }) => !own.some((one) => one.id === id))
  return {
    run: last.run,
    startedAt: last.startedAt,
    attended: last.attended,
    verdict: last.verdict,
    people: last.clocks,
    faults: last.faults,
    findings: [...own, ...older].map(({ id, finding }) => ({
      ...finding,
      retestDue: due.some((one) => one.id === id),
    })),
  }
}
