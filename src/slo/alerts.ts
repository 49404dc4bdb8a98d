import { formatDuration, type AlertId } from '../base/index.ts'
import type { Objectives } from './objectives.ts'

/** Into so many parts a window is cut. */
export const SLICES = 5
/** Fewer requests in a window say nothing: of 19 the p95 is the slowest one, and a single failure is 5 %. */
export const LEAST_REQUESTS = 20
/** Of so many of its newest parts a window has to be good for the alert to resolve. */
const GOOD_SLICES = 2

/** One part of a window, summed up. */
export interface Slice {
  requests: number
  ok: number
  /** Successes answered in less than the promised p95. */
  fast: number
  /** Cost of all requests whose cost is known. */
  costUsd: number
  /** Successes whose cost is known. */
  priced: number
}

export interface AlertReading {
  /** `bad`: it is time to page; `good`: over; `between`: neither; `too-little`: nothing can be said. */
  sight: 'bad' | 'good' | 'between' | 'too-little'
  /** What was seen, in words. */
  detail: string
}

/**
 * Looks at a window, the oldest part first. It is bad when the whole is, and was so from its beginning to its end: its
 * first part and its last are bad as well. So a failover's few seconds never page, and neither does what is over. It is good when
 * its last two parts together are.
 */
export function readAlert(id: AlertId, slices: readonly Slice[], objectives: Objectives): AlertReading {
  const whole = sum(slices)
  const n = counted(id, whole)
  const detail = describe(id, whole, objectives)
  if (n < LEAST_REQUESTS)
    return {
      sight: 'too-little',
      detail: `only ${n} ${id === 'success' ? 'of' : 'good ones of'} the ${LEAST_REQUESTS} requests that it takes to say anything`,
    }
  const [first, last] = [slices[0], slices.at(-1)]
  const isBad = (slice: Slice | undefined) => slice !== undefined && misses(id, slice, objectives) === true
  if (isBad(whole) && isBad(first) && isBad(last)) return { sight: 'bad', detail }
  const newest = sum(slices.slice(-GOOD_SLICES))
  return { sight: misses(id, newest, objectives) === false ? 'good' : 'between', detail }
}

/** What an alert does next: it pages once, and resolves once. */
export function nextPage(isFiring: boolean, { sight }: AlertReading): 'fired' | 'resolved' | null {
  if (!isFiring && sight === 'bad') return 'fired'
  return isFiring && sight === 'good' ? 'resolved' : null
}

/** Says what an alert watches: `p95 over 2.5s for 15m`. */
export function describeAlert(
  id: AlertId,
  { success, p95Ms, costUsd }: Objectives,
  windowMs: number,
): string {
  // A drill that scales its windows gives them any length; nobody reads the milliseconds.
  const held = formatDuration(Math.round(windowMs / 100) * 100)
  if (id === 'success') return `success below ${percentText(success)} for ${held}`
  return id === 'p95'
    ? `p95 over ${formatDuration(p95Ms)} for ${held}`
    : `average cost over $${costUsd} for ${held}`
}

/** Whether these miss the promise; null where they hold nothing that could. */
function misses(id: AlertId, slice: Slice, { success, costUsd }: Objectives): boolean | null {
  const { requests, ok, fast, priced } = slice
  if (counted(id, slice) === 0) return null
  if (id === 'success') return ok / requests < success
  // By nearest rank the p95 is under the promise if so many are.
  if (id === 'p95') return fast < Math.ceil(Number((0.95 * ok).toPrecision(12)))
  return slice.costUsd / priced >= costUsd
}

/** How many requests a reading rests on. Failures have an alert of their own: p95 and cost are those of successes. */
function counted(id: AlertId, { requests, ok, priced }: Slice): number {
  if (id === 'success') return requests
  return id === 'p95' ? ok : priced
}

function describe(
  id: AlertId,
  { requests, ok, fast, costUsd, priced }: Slice,
  { p95Ms, costUsd: target }: Objectives,
): string {
  if (id === 'success') return `${requests - ok} of ${requests} requests failed`
  if (id === 'p95') return `${ok - fast} of ${ok} successes took ${formatDuration(p95Ms)} or longer`
  const average = priced === 0 ? 0 : costUsd / priced
  return `$${Number(average.toPrecision(3))} on average over ${priced} successes, promised under $${target}`
}

function sum(slices: readonly Slice[]): Slice {
  const total: Slice = { requests: 0, ok: 0, fast: 0, costUsd: 0, priced: 0 }
  for (const slice of slices) {
    total.requests += slice.requests
    total.ok += slice.ok
    total.fast += slice.fast
    total.costUsd += slice.costUsd
    total.priced += slice.priced
  }
  return total
}

const percentText = (ratio: number) => `${Number((ratio * 100).toPrecision(12))}%`
