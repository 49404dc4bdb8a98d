/** Memory at one time, both counted from the start of the soak. */
export interface Reading {
  atMs: number
  mb: number
}

export interface Flatness {
  /** Median after the warm-up. */
  levelMb: number
  /** What the line of best fit rises by from the end of the warm-up to the end. */
  growthMb: number
  flat: boolean
}

/** Heaps grow until the collector has found its pace. */
const WARM_UP = 1 / 3
/** Most growth, as a share of the level; in half an hour at 200/s this finds some 60 bytes a request. */
const MOST_GROWTH = 0.1
/** Fewer readings make no line. */
const LEAST = 5

/** Judges whether memory is flat once it is warm. Too few readings are not. */
export function judgeFlatness(readings: readonly Reading[]): Flatness {
  const warm = readings.slice(Math.floor(readings.length * WARM_UP))
  const mbs = warm.map(({ mb }) => mb).toSorted((a, b) => a - b)
  const levelMb = mbs[Math.floor(mbs.length / 2)] ?? Number.NaN
  const spanMs = (warm.at(-1)?.atMs ?? 0) - (warm[0]?.atMs ?? 0)
  const growthMb = slopeOf(warm) * spanMs
  return { levelMb, growthMb, flat: warm.length >= LEAST && growthMb <= MOST_GROWTH * levelMb }
}

/** Megabytes a millisecond, by least squares. */
function slopeOf(readings: readonly Reading[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [atMs, mb] = [mean(readings.map((one) => one.atMs)), mean(readings.map((one) => one.mb))]
  const covariance = readings.reduce((sum, one) => sum + (one.atMs - atMs) * (one.mb - mb), 0)
  return covariance / readings.reduce((sum, one) => sum + (one.atMs - atMs) ** 2, 0)
}
