import { phaseStats } from '../../measure/index.ts'
import type { PhaseResult, Sample } from '../../record/index.ts'
import type { PhaseStory } from './story.ts'

/**
 * Sums up each phase over the requests that were meant to start in it. By time and not by the phase's name, because
 * two phases may share one.
 */
export function composePhases(phases: readonly PhaseStory[], samples: readonly Sample[]): PhaseResult[] {
  const inside: Sample[][] = phases.map(() => [])
  for (const sample of samples) {
    // What was meant in the instant between two phases belongs to the one before.
    const index = phases.findLastIndex(({ startMs }) => startMs <= sample.intendedMs)
    inside[Math.max(0, index)]?.push(sample)
  }
  return phases.map(({ name, kind, startMs, endMs }, index) => {
    const { requests, ok, failed, failures, successRate, p50Ms, p95Ms, p95OkMs, p99Ms, servedBy, costUsd } =
      phaseStats(inside[index] ?? [])
    return {
      name,
      kind,
      startMs,
      endMs,
      requests,
      ok,
      failed,
      failures,
      successRate,
      p50Ms,
      p95Ms,
      p95OkMs,
      p99Ms,
      servedBy,
      costUsd,
    }
  })
}
