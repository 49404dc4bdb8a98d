import { randomLogNormal } from 'd3-random'
import type { Random } from '../../base/index.ts'

/** The standard normal distribution's 95th percentile. */
const Z95 = 1.6448536269514722

/** A spread of delays in milliseconds. */
export interface Spread {
  p50: number
  p95: number
}

/**
 * Makes a source of delays whose median and 95th percentile are those given: log-normal, because a provider's delays
 * have a long tail on one side only. A 95th percentile that is not above the median means no spread at all.
 */
export function delays({ p50, p95 }: Spread, random: Random): () => number {
  if (p50 <= 0) return () => 0
  const sigma = p95 > p50 ? Math.log(p95 / p50) / Z95 : 0
  return randomLogNormal.source(random)(Math.log(p50), sigma)
}

/** Makes a source of whole numbers from `least` to `most`, all equally likely. */
export function wholeNumbers({ least, most }: { least: number; most: number }, random: Random): () => number {
  const span = Math.max(0, most - least) + 1
  return () => least + Math.floor(random() * span)
}
