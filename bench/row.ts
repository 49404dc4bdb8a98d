/** One figure of a benchmark, and the limit it is held to. */
export interface BenchRow {
  bench: string
  what: string
  /** Null where it was not measured; `limit` then says why. */
  value: number | null
  /** Of the rounds that the value is the median of. */
  quartiles?: readonly [number, number]
  unit: string
  limit: string
  passed: boolean
}
