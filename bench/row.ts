/** One figure of a benchmark, and the limit it is held to. */
export interface BenchRow {
  bench: string
  what: string
  value: number
  unit: string
  limit: string
  passed: boolean
}
