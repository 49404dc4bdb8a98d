import { shortTime } from '../format.ts'
import { isJudged, type Comparison } from './compare.ts'
import type { Judgement } from './judge.ts'

/** Phrases that the text and the Markdown of a comparison share. */

export const JUDGED: Record<Judgement, string> = {
  better: 'better',
  worse: 'WORSE',
  'no-difference': 'no difference',
  unknown: 'cannot say',
}

/** What the judgements mean, for whoever reads them for the first time. */
export const LEGEND =
  'no difference: none that the samples show. A share, a percentile or a cost differs where the 95 % intervals do not overlap, a clock where it differs by more than it can resolve.'

/** The outcome in a sentence: what became worse and better, or why nothing can be said. */
export function outcomeOf(comparison: Comparison): string {
  const { first, second, worse, better } = comparison
  const unjudged = [first, second].filter((head) => !isJudged(head))
  if (unjudged.length > 0)
    return `NOT COMPARABLE AS A WHOLE: ${unjudged.map((head) => `${head.run} ended ${head.verdict ?? 'by a failure of gameday'}`).join(', ')}, which says nothing about the system.`
  const change =
    first.verdict === second.verdict
      ? `both ${first.verdict}`
      : `${first.verdict} before, ${second.verdict} now`
  if (worse.length === 0 && better.length === 0) return `NO DIFFERENCE that the samples show (${change}).`
  const parts = [
    ...(worse.length === 0 ? [] : [`worse: ${worse.join(', ')}`]),
    ...(better.length === 0 ? [] : [`better: ${better.join(', ')}`]),
  ]
  return `${worse.length === 0 ? 'BETTER' : better.length === 0 ? 'WORSE' : 'MIXED'} (${change}); ${parts.join('; ')}.`
}

/** `xsa59k  friday-failover, 2026-11-20 14:00 UTC: HELD`, in parts. */
export function headText({ drill, startedAt, verdict }: Comparison['first']): string {
  return `${drill}, ${shortTime(startedAt)}: ${(verdict ?? 'failed').toUpperCase()}`
}

/** What became of the findings, each with what was to be done about it. */
export function findingLines({ findings, findingsCompare }: Comparison): string[] {
  if (!findingsCompare) return ['Not compared: a run that was not judged was not looked at for all of them.']
  const all = [
    ...findings.new.map((finding) => ({ state: 'NEW', finding })),
    ...findings.still.map((finding) => ({ state: 'still open', finding })),
    ...findings.gone.map((finding) => ({ state: 'gone', finding })),
  ]
  if (all.length === 0) return ['None in either run.']
  return all.map(
    ({ state, finding }) =>
      `${state}: ${finding.title}${finding.severity === null ? '' : ` (${finding.severity})`}`,
  )
}
