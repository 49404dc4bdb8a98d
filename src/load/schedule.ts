import { randomExponential } from 'd3-random'
import { seededRandom } from '../base/index.ts'

export interface Arrivals {
  perSecond: number
  arrivals: 'uniform' | 'poisson'
  seed: number
  /** Name of the schedule, so that two schedules of one seed are independent of each other. */
  purpose: string
}

/**
 * Gives the intended starts of requests, in milliseconds from the schedule's start, without end and without waiting.
 *
 * Uniform arrivals are computed from their index, so that no rounding error adds up over a long drill. Poisson arrivals
 * have exponential gaps, as independent users make them: bursts that a uniform schedule would never try.
 */
export function* arrivalOffsets({ perSecond, arrivals, seed, purpose }: Arrivals): Generator<number, never> {
  if (arrivals === 'uniform') for (let index = 0; ; index++) yield (index * 1000) / perSecond
  const gap = randomExponential.source(seededRandom(seed, `arrivals/${purpose}`))(perSecond / 1000)
  for (let at = gap(); ; at += gap()) yield at
}
