import type { FailureClass, ProviderRole } from '../base/index.ts'
import type { Attempt, Sample } from '../record/index.ts'

/** What happens to a drill from outside: neither its faults nor the router's doing. Times are of the drill's clock. */

const OUTAGE = {
  windowMs: 20_000,
  /** A vendor that stumbles for a moment is what a router is for. */
  leastMs: 5000,
  /** As few as the control lane and a router's own looks make in that time, once it has gone to the other provider. */
  least: 5,
  share: 0.8,
}
/** What an answer amounts to that only a provider, its account or the way to it can give. Being asked too fast is no outage. */
const BY_ITSELF: ReadonlySet<FailureClass | null> = new Set([
  'credential',
  'quota',
  'overloaded',
  'server-error',
  'connection',
])

/**
 * Says that a provider fails by itself while the drill breaks something; null if none does. The gate's ledger tells: it
 * lays every attempt that a fault of the drill has shaped to that fault, and these are laid to none.
 *
 * @param handUntilMs until when a hand may have revoked a provider's key, which no fault of the gate is laid to
 */
export function vendorOutage(
  attempts: readonly Attempt[],
  nowMs: number,
  handUntilMs: Readonly<Record<ProviderRole, number>>,
): string | null {
  const recent = lately(attempts, nowMs - OUTAGE.windowMs, ({ startMs }) => startMs)
  for (const role of ['primary', 'secondary'] as const) {
    const own = recent.filter(
      ({ provider, fault, hungUp, startMs }) =>
        provider === role && fault === null && !hungUp && startMs > handUntilMs[role],
    )
    const failed = own.filter(({ failure }) => BY_ITSELF.has(failure))
    const [first] = failed
    const last = failed.at(-1)
    if (first === undefined || last === undefined || failed.length < OUTAGE.least) continue
    if (last.startMs - first.startMs < OUTAGE.leastMs || failed.length < OUTAGE.share * own.length) continue
    return `the ${role} fails by itself: ${failed.length} of ${own.length} attempts that no fault of the drill has touched failed over the last ${Math.round((nowMs - first.startMs) / 1000)} s, the last one with ${[last.status, last.code ?? last.failure].filter((word) => word !== null).join(' ')}`
  }
  return null
}

const OFF_STAGE = { least: 10, share: 0.5 }

/**
 * Says that a router answers from somewhere that no gate sees while its primary is broken: it knows its secondary, or a
 * cache, past the stage. Until something is broken nothing shows that. Null if it does not.
 */
export function offStage(samples: readonly Sample[], inForceMs: number): string | null {
  const answered = lately(samples, inForceMs, ({ intendedMs }) => intendedMs).filter(
    ({ lane, outcome, startedMs }) => lane === 'main' && outcome === 'ok' && (startedMs ?? 0) >= inForceMs,
  )
  const unseen = answered.filter(({ attempts, servedBy }) => attempts === 0 || servedBy === 'cache')
  if (unseen.length < OFF_STAGE.least || unseen.length < OFF_STAGE.share * answered.length) return null
  return `${unseen.length} of ${answered.length} answers since the primary was broken came from somewhere that no gate sees: the router is pointed at the stage for one provider only, or answers from a cache`
}

/** Records are nearly in the order of their ends; a request may have begun this long before its neighbours. */
const DISORDER_MS = 60_000

/** The records of which something happened after a moment, looked for from the end of the list. */
function lately<T>(records: readonly T[], fromMs: number, timeOf: (record: T) => number): T[] {
  let from = records.length
  while (from > 0 && timeOf(records[from - 1]!) >= fromMs - DISORDER_MS) from--
  return records.slice(from).filter((record) => timeOf(record) >= fromMs)
}
