import type { BenchRow } from '../row.ts'
import type { Call, Pair } from './callers.ts'
import { KINDS, median, quantile, type Kind } from './judge.ts'

/** What was seen of one fault, on one clock. */
export interface Outage {
  fault: string
  pairs: readonly Pair[]
  /** When it was asked for; it may have struck before that was acknowledged. */
  askedMs: number
  revertedMs: number
}

/** Most milliseconds that a request may take longer because the primary is out, in the median. */
const MOST_TAX_MS = 1
/** A caller that waits for somebody else's probe waits for seconds; a busy machine alone makes some milliseconds. */
const WAITED_MS = 250

/**
 * Judges what one fault cost. Which requests were probes is told by their answers: while the circuit is open, whoever
 * needed a second attempt was one. Everything that is "extra" is against the same request without the fault.
 */
export function judgeOutage({ fault, pairs: all, askedMs, revertedMs }: Outage): BenchRow[] {
  const pairs = all.toSorted((a, b) => a.broken.startMs - b.broken.startMs)
  const since = pairs.filter(({ broken }) => broken.startMs >= askedMs)
  const during = since.filter(({ broken }) => broken.startMs < revertedMs)
  const strays = since.filter(({ whole }) => !whole.ok).length
  const failed = since.filter(({ broken }) => !broken.ok).length
  const cut = pairs.filter(({ broken }) => broken.startMs < askedMs && broken.endMs >= askedMs && !broken.ok)
  const openMs = during.find(({ broken }) => isPast(broken))?.broken.startMs ?? Infinity
  const paid = during.filter(({ broken }) => broken.startMs < openMs && (broken.attempts ?? 0) > 1)
  const open = during.filter(({ broken }) => broken.startMs >= openMs)
  const past = open.filter(({ broken }) => isPast(broken))
  const probes = open.map(({ broken }) => broken).filter(({ attempts }) => attempts !== null && attempts > 1)
  const beside = past.filter(({ broken }) => probes.some((probe) => within(broken.startMs, probe)))
  const waited = beside.map(extraMs).filter((extra) => extra > WAITED_MS).length
  const tax = past.map(extraMs)
  const homeMs = homeAfter(
    since.map(({ broken }) => broken),
    revertedMs,
  )

  const row = (what: string, value: number | null, unit: string, limit = '-', passed = true): BenchRow => ({
    bench: 'router',
    what: `${fault}, ${what}`,
    value,
    unit,
    limit,
    passed,
  })
  const firstOf = (kind: Kind) => {
    const first = paid.find((pair) => pair.kind === kind)
    const what = `first ${kind} request that met it: extra`
    return first === undefined ? row(what, null, 'ms', 'none met it') : row(what, extraMs(first), 'ms')
  }
  const longest = Math.max(0, ...probes.map(tookMs))
  return [
    row('client-visible failures', failed, 'requests', '0', failed === 0),
    // Where these fail as well, it is the machine, and nothing else can be read from the rest.
    row('the same without the fault: failures', strays, 'requests', '0', strays === 0),
    row('cut as it struck, in flight by then', cut.length, 'requests'),
    // A fault that nobody met cost nothing, and shows nothing.
    row('paid for until the circuit opened', paid.length, 'requests', '>= 1', paid.length >= 1),
    ...KINDS.map(firstOf),
    {
      ...row('tax once it is open', median(tax), 'ms', `< ${MOST_TAX_MS}`, median(tax) < MOST_TAX_MS),
      quartiles: [quantile(tax, 0.25), quantile(tax, 0.75)],
    },
    row('probes while it is open', probes.length, 'requests', '>= 1', probes.length >= 1),
    row('probes at once, most', mostAtOnce(probes), 'requests', '1', mostAtOnce(probes) === 1),
    row('longest probe, for its own caller', longest, 'ms'),
    row('called during a probe', beside.length, 'requests'),
    row('waited for it', waited, 'requests', `0 over ${WAITED_MS} ms`, waited === 0),
    row('home after restoring', homeMs, 'ms', 'at all', homeMs !== null),
  ]
}

/** Sent past the primary, as all are that come while the circuit is open. */
const isPast = ({ ok, attempts, servedBy }: Call) => ok && attempts === 1 && servedBy === 'secondary'

const tookMs = ({ startMs, endMs }: Call) => endMs - startMs
const extraMs = ({ broken, whole }: Pair) => tookMs(broken) - tookMs(whole)
const within = (atMs: number, { startMs, endMs }: Call) => startMs <= atMs && atMs < endMs

function mostAtOnce(calls: readonly Call[]): number {
  return Math.max(0, ...calls.map(({ startMs }) => calls.filter((other) => within(startMs, other)).length))
}

/** Milliseconds until the first request from which on the primary serves them all; null if it never does again. */
function homeAfter(calls: readonly Call[], revertedMs: number): number | null {
  const lastAway = calls.findLastIndex(({ servedBy }) => servedBy !== 'primary')
  const first = calls[lastAway + 1]
  return first === undefined ? null : Math.max(0, first.startMs - revertedMs)
}
