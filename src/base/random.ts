import { createHash } from 'node:crypto'
import { randomLcg } from 'd3-random'

/** Draws a number in [0, 1). */
export type Random = () => number

/**
 * Makes a repeatable source of random numbers for one purpose.
 *
 * The seed is hashed together with the purpose's name, because neighbouring seeds of a linear congruential
 * generator start with nearly equal numbers: seeds 1 to 10 would otherwise be one and the same drill.
 */
export function seededRandom(seed: number, purpose: string): Random {
  const digest = createHash('sha256').update(`${seed}/${purpose}`).digest()
  return randomLcg(digest.readUInt32BE(0))
}
