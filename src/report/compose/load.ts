import { counts, nearestRank } from '../../measure/index.ts'
import type { Result, Sample } from '../../record/index.ts'
import type { Story } from './story.ts'

/** More than this share of successes that nobody is known to have served, and "who served" means nothing. */
export const UNMATCHED_MOST = 0.01
/** More than this share of requests that were due and never sent, and the load was not what it says. */
export const DROPPED_MOST = 0.001
/** A p99 dispatch lag above this, and the machine did not hold the schedule. */
export const DISPATCH_LAG_MOST_MS = 50

export type LoadResult = Result['load']

/** Says how the load went: by its own summary, or by the samples when it did not live to write one. */
export function composeLoad(story: Story, samples: readonly Sample[]): LoadResult {
  const unmatched = samples.filter(
    (sample) => counts(sample) && sample.outcome === 'ok' && sample.servedBy === null,
  ).length
  const summary = story.of('load.summary').at(-1)
  if (summary !== undefined) {
    const { offered, sent, dropped, dispatchLagP99Ms } = summary
    return { offered, sent, dropped, unmatched, dispatchLagP99Ms }
  }
  const main = samples.filter(({ lane }) => lane === 'main')
  const sent = main.filter(counts)
  const lags = sent.flatMap(({ startedMs, intendedMs }) =>
    startedMs === null ? [] : [Math.max(0, startedMs - intendedMs)],
  )
  return {
    offered: main.length,
    sent: sent.length,
    dropped: main.length - sent.length,
    unmatched,
    dispatchLagP99Ms: nearestRank(lags, 0.99),
  }
}
