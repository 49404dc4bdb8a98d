import type { BenchRow } from '../row.ts'

export const WAYS = ['direct', 'passthrough', 'router', 'portkey'] as const
export type Way = (typeof WAYS)[number]
export const KINDS = ['plain', 'streamed'] as const
export type Kind = (typeof KINDS)[number]

export interface Round {
  /** Median milliseconds of one call after the other. */
  latencyMs: number
  /** Calls a second with sixteen under way. */
  perSecond: number
}

/** One after another, each with all ways that there were. */
export type Rounds = readonly Partial<Record<Way, Round>>[]

/** Most that the router may add to a direct call, in what the bare pass-through adds. */
const MOST_ADDED = 1.5
/** Least that it must carry, in what the bare pass-through carries. */
const LEAST_THROUGHPUT = 0.75

const NAMES: Record<Way, string> = {
  direct: 'direct',
  passthrough: 'bare undici pass-through',
  router: 'gameday serve router',
  portkey: 'Portkey 1.15.2',
}

/**
 * Judges the router's rounds. Whatever is compared is of the same round, because the machine may be busier in the next:
 * what a way adds to the direct call, and the router's throughput to the pass-through's. Medians and quartiles are over
 * the rounds. `missing` is why Portkey's gateway was not there; null if it was.
 */
export function judgeSpeed(kind: Kind, rounds: Rounds, missing: string | null): BenchRow[] {
  const added = (way: Way) =>
    rounds.flatMap(({ direct, [way]: round }) =>
      direct === undefined || round === undefined ? [] : [round.latencyMs - direct.latencyMs],
    )
  const perSecond = (way: Way) =>
    rounds.flatMap(({ [way]: round }) => (round === undefined ? [] : [round.perSecond]))
  const addedRatio = median(added('router')) / median(added('passthrough'))
  const throughputRatio = median(
    rounds.flatMap(({ router, passthrough }) =>
      router === undefined || passthrough === undefined ? [] : [router.perSecond / passthrough.perSecond],
    ),
  )

  const row = (what: string, values: readonly number[], unit: string): BenchRow => ({
    bench: 'router',
    what: `${kind}, ${what}`,
    ...(values.length === 0
      ? { value: null }
      : { value: median(values), quartiles: [quantile(values, 0.25), quantile(values, 0.75)] as const }),
    unit,
    limit: values.length === 0 ? `not there: ${missing}` : '-',
    passed: true,
  })
  const ratio = (what: string, value: number, limit: string, passed: boolean): BenchRow => ({
    bench: 'router',
    what: `${kind}, ${what}`,
    value,
    unit: 'ratio',
    limit,
    passed,
  })
  const others = WAYS.filter((way) => way !== 'direct')
  const direct = rounds.flatMap((round) => round.direct?.latencyMs ?? [])
  return [
    row('one at a time: direct call', direct, 'ms'),
    ...others.map((way) => row(`one at a time: ${NAMES[way]} adds`, added(way), 'ms')),
    ratio(
      'added latency, router / pass-through',
      addedRatio,
      `<= ${MOST_ADDED}`,
      isWithin(addedRatio, MOST_ADDED, added('passthrough')),
    ),
    ...WAYS.map((way) => row(`16 at a time: ${NAMES[way]}`, perSecond(way), '1/s')),
    ratio(
      'throughput, router / pass-through',
      throughputRatio,
      `>= ${LEAST_THROUGHPUT}`,
      throughputRatio >= LEAST_THROUGHPUT,
    ),
  ]
}

/** A pass-through that adds nothing, or less, was not measured: then no ratio to it says anything. */
function isWithin(ratio: number, most: number, base: readonly number[]): boolean {
  return median(base) > 0 && ratio <= most
}

export const median = (values: readonly number[]) => quantile(values, 0.5)

/** A quantile by linear interpolation between neighbours; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}
