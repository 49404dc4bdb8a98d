import type { BenchRow } from './row.ts'
import { benchFailover } from './router/failover.ts'
import { benchSpeed } from './router/speed.ts'

/** Measures the router's speed, and what its failovers cost. Takes about five minutes. */
export async function benchRouter(): Promise<BenchRow[]> {
  return [...(await benchSpeed()), ...(await benchFailover())]
}
