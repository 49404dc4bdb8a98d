import type { PastDrill } from './past.ts'

type PastFinding = PastDrill['findings'][number]

/** A finding whose day of re-test has come, and the drill that found it last. */
export interface RetestDue {
  past: PastDrill
  finding: PastFinding
}

/** Whether a drill came to a judgement about the system, so that what it did not find again is gone. */
export function isJudged({ verdict }: Pick<PastDrill, 'verdict'>): boolean {
  return verdict === 'held' || verdict === 'weak'
}

/**
 * Finds the re-tests that are due: each finding of a drill counts from where it was found last, is due from its day on,
 * and is covered by any judged drill of the same name on or after that day. Earliest first.
 */
export function retestsDue(drills: readonly PastDrill[], today: Date): RetestDue[] {
  const now = dayOf(today.toISOString())
  const last = new Map<string, RetestDue>()
  for (const past of drills) {
    for (const finding of past.findings) last.set(identity(past, finding), { past, finding })
  }
  return [...last.values()]
    .filter(({ finding: { retest } }) => retest <= now)
    .filter(
      ({ past: { drill }, finding: { retest } }) =>
        !drills.some((later) => later.drill === drill && isJudged(later) && dayOf(later.startedAt) >= retest),
    )
    .toSorted((a, b) => (a.finding.retest < b.finding.retest ? -1 : 1))
}

/** What makes two findings of one drill's runs the same. A to-do is named after its note, of which every run has a first. */
export function identity({ run, drill }: PastDrill, { key }: PastFinding): string {
  return `${drill} ${key}${key.startsWith('to-do ') ? ` ${run}` : ''}`
}

const dayOf = (iso: string) => iso.slice(0, 10)
