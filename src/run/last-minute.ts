import { MINUTE_BIN_MS, type LiveStatus } from '../crew/index.ts'
import { counts, nearestRank, responseMs, type Quantity } from '../measure/index.ts'
import type { Sample } from '../record/index.ts'

const BINS = 60_000 / MINUTE_BIN_MS

interface Bin {
  responsesMs: number[]
  ok: number
  /** Null until somebody looks, and again when a request is added. */
  p95Ms: Quantity | null
}

/** Keeps the requests of the last minute, by when they ended, for the two curves of the frame. */
export function lastMinute() {
  // By number of the bin on the drill's clock, so that a curve moves left as a whole and does not tremble.
  const bins = new Map<number, Bin>()
  return {
    add: (sample: Sample) => {
      if (!counts(sample)) return
      const number = Math.floor((sample.endMs ?? sample.intendedMs) / MINUTE_BIN_MS)
      const bin = bins.get(number) ?? { responsesMs: [], ok: 0, p95Ms: null }
      bins.set(number, bin)
      bin.responsesMs.push(responseMs(sample))
      if (sample.outcome === 'ok') bin.ok++
      bin.p95Ms = null
    },
    at: (nowMs: number): NonNullable<LiveStatus['lastMinute']> => {
      const first = Math.floor(nowMs / MINUTE_BIN_MS) - BINS + 1
      for (const number of bins.keys()) if (number < first) bins.delete(number)
      const shown = Array.from({ length: BINS }, (_, index) => bins.get(first + index))
      return {
        success: shown.map((bin) => (bin === undefined ? null : bin.ok / bin.responsesMs.length)),
        p95Ms: shown.map((bin) => {
          if (bin === undefined) return null
          bin.p95Ms ??= nearestRank(bin.responsesMs, 0.95)
          return bin.p95Ms
        }),
      }
    },
  }
}
