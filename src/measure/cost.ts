import jstat from 'jstat'
import { counts, type MeasuredSample } from './sample.ts'

export interface AverageCost {
  /** US dollars a successful request; null when a cost is unknown or nothing succeeded. */
  meanUsd: number | null
  intervalUsd: [number, number] | null
  successes: number
}

type Billed = Pick<MeasuredSample, 'lane' | 'outcome' | 'costUsd'>

/**
 * The average cost: what all attempts of all counted requests were billed, failed ones included, by the number of
 * successes. One unknown cost makes the average unknown, never smaller.
 *
 * Its 95 % interval is that of a ratio of two means (linearised, Student's t), and is given only where that is
 * sound by the working rule of Cochran, Sampling Techniques, chapter 6: more than 30 requests, and both means known
 * to within 10 % (coefficient of variation). Else it is null.
 */
export function averageCost(samples: readonly Billed[]): AverageCost {
  const requests = samples.filter(counts)
  const succeeded: number[] = requests.map(({ outcome }) => (outcome === 'ok' ? 1 : 0))
  const successes = sum(succeeded)
  const costs = requests.map(({ costUsd }) => costUsd).filter((cost) => cost !== null)
  if (costs.length < requests.length || successes === 0)
    return { meanUsd: null, intervalUsd: null, successes }
  const meanUsd = sum(costs) / successes
  return { meanUsd, intervalUsd: ratioInterval(costs, succeeded, meanUsd), successes }
}

function ratioInterval(costs: number[], succeeded: number[], ratio: number): [number, number] | null {
  const n = costs.length
  if (n <= 30 || looseness(costs) >= 0.1 || looseness(succeeded) >= 0.1) return null
  const residuals = costs.map((cost, i) => cost - ratio * (succeeded[i] ?? 0))
  const reach = (jstat.studentt.inv(0.975, n - 1) * standardError(residuals)) / mean(succeeded)
  return [Math.max(0, ratio - reach), ratio + reach]
}

/** How loosely the mean of these is known: its standard error as a share of itself. */
function looseness(values: number[]): number {
  const error = standardError(values)
  return error === 0 ? 0 : error / mean(values)
}

function standardError(values: number[]): number {
  const centre = mean(values)
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1) / values.length)
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length
