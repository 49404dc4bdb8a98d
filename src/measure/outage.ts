import { nearestRank } from './percentiles.ts'
import { counts, responseMs, type MeasuredSample, type Quantity, type Span } from './sample.ts'

/** A fault's outage. */
export interface Outage extends Span {
  /** The earliest moment at which the fault can have bitten: `fromMs` less the time that asking for it took. */
  strikeMs: number
}

export interface OutageTimes {
  inForceMs: number
  /** How long before `inForceMs` the fault may have begun to bite; null counts as not at all. */
  uncertaintyMs: number | null
  revertedMs: number | null
  /** When the fault was proven gone; null if it never was. */
  goneMs: number | null
  /** Stable failback, in milliseconds from `revertedMs`; null if it was not reached. */
  failbackMs: number | null
  /** End of the fault's restore phase, or of the records if the run ended before. */
  endOfRestoreMs: number
}

/**
 * The outage of a fault on the drill's clock: from in force to the later of proven gone and stable failback, or to
 * the end of its restore phase if one of them was not reached.
 */
export function outageWindow({
  inForceMs,
  uncertaintyMs,
  revertedMs,
  goneMs,
  failbackMs,
  endOfRestoreMs,
}: OutageTimes): Outage {
  const over = revertedMs !== null && goneMs !== null && failbackMs !== null
  return {
    fromMs: inForceMs,
    strikeMs: inForceMs - (uncertaintyMs ?? 0),
    toMs: over ? Math.max(goneMs, revertedMs + failbackMs) : endOfRestoreMs,
  }
}

/**
 * The counted requests of outages, each once: meant before the end, and not over when the fault can first have bitten.
 * So those in flight at that moment are among them, as success and budget want it, and so are those that the fault cut
 * before the call that made it was acknowledged.
 */
export function outageRequests<S extends MeasuredSample>(
  samples: readonly S[],
  outages: readonly Pick<Outage, 'strikeMs' | 'toMs'>[],
): S[] {
  return samples.filter(
    (sample) =>
      counts(sample) &&
      // A request that never ended was under way ever since it was sent.
      outages.some(({ strikeMs, toMs }) => sample.intendedMs < toMs && (sample.endMs ?? Infinity) > strikeMs),
  )
}

/** What the control lane met in a span of time: the share of the load that has no router, by intended start. */
export function withoutRouter(
  samples: readonly MeasuredSample[],
  { fromMs, toMs }: Span,
): { requests: number; ok: number; p95Ms: Quantity | null } {
  const lane = samples.filter(
    ({ lane, outcome, intendedMs }) =>
      lane === 'control' && outcome !== 'dropped' && intendedMs >= fromMs && intendedMs < toMs,
  )
  return {
    requests: lane.length,
    ok: lane.filter(({ outcome }) => outcome === 'ok').length,
    p95Ms: nearestRank(lane.map(responseMs), 0.95),
  }
}
