import type { FailureClass, Lane, Outcome, ProviderRole } from '../base/index.ts'

/** A number that may be infinite, written as JSON can hold it: a percentile among failures, an open interval. */
export type Quantity = number | 'inf'

/** A stretch of the drill's clock: `fromMs` belongs to it, `toMs` does not. */
export interface Span {
  fromMs: number
  toMs: number
}

/** What measuring needs of a request. A line of `samples.ndjson` fits. */
export interface MeasuredSample {
  id: string
  lane: Lane
  intendedMs: number
  startedMs: number | null
  endMs: number | null
  outcome: Outcome
  class: FailureClass | null
  tag: string | null
  servedBy: ProviderRole | 'cache' | null
  costUsd: number | null
}

/** What measuring needs of an attempt at a provider's gate. A line of `attempts.ndjson` fits. */
export interface MeasuredAttempt {
  requestId: string | null
  lane: Lane | null
  tag: string
  provider: ProviderRole
  startMs: number
  endMs: number | null
  failure: FailureClass | null
  hungUp: boolean
}

/** Writes a number as a quantity: infinity becomes `'inf'`. */
export function quantity(value: number): Quantity {
  return value === Infinity ? 'inf' : value
}

/**
 * Says whether a request belongs to the main statistics: it went through the router and was really sent.
 * A dropped request is the tool's own fault and the control lane has no router, so neither is in any population.
 */
export function counts(sample: Pick<MeasuredSample, 'lane' | 'outcome'>): boolean {
  return sample.lane === 'main' && sample.outcome !== 'dropped'
}

/** Milliseconds from the intended start to the end; infinite for whatever did not succeed. */
export function responseMs(sample: Pick<MeasuredSample, 'intendedMs' | 'endMs' | 'outcome'>): number {
  return sample.outcome === 'ok' && sample.endMs !== null ? sample.endMs - sample.intendedMs : Infinity
}

/** The counted requests, in the order in which they were meant to start. */
export function byIntendedStart<S extends MeasuredSample>(samples: readonly S[]): S[] {
  return samples.filter(counts).sort((a, b) => a.intendedMs - b.intendedMs)
}

/** The ids of a tenant's requests. */
export function idsOfTenant(
  samples: readonly { id: string; tenant: string }[],
  tenant: string,
): ReadonlySet<string> {
  return new Set(samples.filter((sample) => sample.tenant === tenant).map(({ id }) => id))
}
