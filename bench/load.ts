import { round, type Round } from './load/round.ts'
import type { Seen } from './load/messages.ts'
import type { BenchRow } from './row.ts'

const PER_SECOND = 500
const FOR_MS = 20_000
const FREEZE = { afterMs: 10_000, forMs: 3000 }

/** A busy machine gets more wrong than this by itself; then the bare client says how much. */
const TOLERANCE_MS = 2

/**
 * Measures the load generator against a server that knows the truth: three rounds at 500 a second, each beside a round of
 * a bare client, then one in which the server freezes for three seconds. Takes about two minutes.
 */
export async function benchLoad(): Promise<BenchRow[]> {
  const rounds: Round[] = []
  const bare: Round[] = []
  for (let seed = 1; seed <= 3; seed++) {
    rounds.push(await round({ kind: 'gameday', perSecond: PER_SECOND, forMs: FOR_MS, seed }))
    bare.push(await round({ kind: 'bare', perSecond: PER_SECOND, forMs: FOR_MS / 2, seed }))
  }
  const frozen = await round({ kind: 'gameday', perSecond: PER_SECOND, forMs: FOR_MS, seed: 4 }, FREEZE)
  return [...lagRows(rounds, bare), ...errorRows(rounds, bare), ...frozenRows(frozen)]
}

function lagRows(rounds: readonly Round[], bare: readonly Round[]): BenchRow[] {
  const lag = median(rounds.map(({ load }) => load.dispatchLagP99Ms ?? Infinity))
  const loop = median(rounds.map(({ load }) => load.loopDelayP99Ms ?? Infinity))
  // Tells a generator that is late from a machine on which everything is.
  const bareLag = median(bare.map(({ load }) => nearestRank(load.seen.map(lagMs), 0.99)))
  const dropped = sum(rounds.map(({ load }) => load.dropped))
  const planned = rounds.length * ((PER_SECOND * FOR_MS) / 1000)
  const offered = sum(rounds.map(({ load }) => load.offered)) / planned
  const failed = sum(rounds.map(({ load }) => load.seen.filter((seen) => !seen.ok).length))
  return [
    row('dispatch lag p99 at 500/s', lag, 'ms', '< 5', lag < 5),
    row('dispatch lag p99 of a bare client', bareLag, 'ms', 'none', true),
    row('event loop delay p99 at 500/s', loop, 'ms', 'none', true),
    row('offered, of planned', offered, 'ratio', '0.998 to 1.002', Math.abs(offered - 1) <= 0.002),
    row('dropped', dropped, 'requests', '0', dropped === 0),
    row('not ok', failed, 'requests', '0', failed === 0),
  ]
}

function errorRows(rounds: readonly Round[], bare: readonly Round[]): BenchRow[] {
  return [0.5, 0.95].flatMap((share) => {
    const ours = median(rounds.map((one) => errorOf(one, share)))
    const theirs = median(bare.map((one) => errorOf(one, share)))
    const limit = Math.max(TOLERANCE_MS, 2 * theirs)
    const name = `p${share * 100}`
    return [
      row(`${name}: reported, off the server's stamps`, ours, 'ms', `<= ${limit.toFixed(2)}`, ours <= limit),
      row(`${name}: a bare client, off the same`, theirs, 'ms', 'none', true),
    ]
  })
}

/** How far a percentile of the response times as reported lies from that of the server's own. */
function errorOf({ load, server }: Round, share: number): number {
  const answered = load.seen.filter((seen) => seen.ok)
  const truth = answered.map(({ id }) =>
    server.stamps[id] ? server.stamps[id].endMs - server.stamps[id].receivedMs : NaN,
  )
  return Math.abs(nearestRank(answered.map(responseMs), share) - nearestRank(truth, share))
}

function frozenRows({ load, server }: Round): BenchRow[] {
  if (server.frozen === null) throw new Error('the server never froze')
  const { fromMs, toMs } = server.frozen
  const startedWithin = load.seen.filter(
    ({ startedMs }) => startedMs !== null && startedMs >= fromMs && startedMs < toMs,
  )
  const rate = (startedWithin.length * 1000) / (toMs - fromMs) / PER_SECOND
  const meant = load.seen.filter(({ intendedMs }) => intendedMs >= fromMs && intendedMs < toMs)
  // Meant while nothing answered: none of them can have been answered before the thaw.
  const honest =
    meant.filter((seen) => seen.ok && responseMs(seen) >= toMs - seen.intendedMs).length / meant.length
  const longest = Math.max(...meant.map(responseMs))
  const lag = load.dispatchLagP99Ms ?? Infinity
  return [
    row(
      'frozen 3 s: offered while frozen, of planned',
      rate,
      'ratio',
      '0.97 to 1.03',
      Math.abs(rate - 1) <= 0.03,
    ),
    row('frozen 3 s: share whose response time says so', honest, 'ratio', '1', honest === 1),
    row('frozen 3 s: longest response time', longest, 'ms', `>= ${FREEZE.forMs}`, longest >= FREEZE.forMs),
    // The thaw brings 1,500 answers at once, to both processes: what this costs is the machine's to say.
    row('frozen 3 s: dispatch lag p99', lag, 'ms', 'none', true),
    row('frozen 3 s: dropped', load.dropped, 'requests', '0', load.dropped === 0),
  ]
}

const responseMs = ({ intendedMs, endMs }: Seen) => (endMs ?? Infinity) - intendedMs

const lagMs = ({ intendedMs, startedMs }: Seen) => (startedMs ?? Infinity) - intendedMs

const row = (what: string, value: number, unit: string, limit: string, passed: boolean): BenchRow => ({
  bench: 'load',
  what,
  value,
  unit,
  limit,
  passed,
})

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** The bench's own nearest rank: it must not share a mistake with what it checks. */
function nearestRank(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

const median = (values: readonly number[]) => nearestRank(values, 0.5)
