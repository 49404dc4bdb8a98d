import { counts, nearestRank, phaseStats } from '../../measure/index.ts'
import type { ClassResult, Sample } from '../../record/index.ts'

/** Sums up requests by tenant, feature and whether they stream; the classes that failed most come first. */
export function composeClasses(samples: readonly Sample[]): ClassResult[] {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples.filter(counts)) {
    const name = classOf(sample)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [sample])
    else group.push(sample)
  }
  return [...groups]
    .map(([name, group]) => {
      const { requests, ok, successRate, p50Ms, p95Ms, costUsd } = phaseStats(group)
      return {
        class: name,
        requests,
        ok,
        successRate,
        p50Ms,
        p95Ms,
        firstTokenP95Ms: firstTokenP95(group),
        costUsd,
      }
    })
    .sort((a, b) => (a.successRate ?? 1) - (b.successRate ?? 1) || (a.class < b.class ? -1 : 1))
}

/** Names the class of a request: `acme / chat / stream`. */
function classOf({ tenant, feature, stream }: Sample): string {
  return `${tenant} / ${feature} / ${stream ? 'stream' : 'plain'}`
}

/** From the intended start, like the response time; a plain answer has its first token only with its last. */
function firstTokenP95(group: readonly Sample[]): ClassResult['firstTokenP95Ms'] {
  const streams = group.filter(({ stream }) => stream)
  return nearestRank(
    streams.map(({ firstTokenMs, intendedMs }) =>
      firstTokenMs === null ? Infinity : firstTokenMs - intendedMs,
    ),
    0.95,
  )
}
