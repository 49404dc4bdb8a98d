import { nearestRank, responseMs } from '../../measure/index.ts'
import type { Quantity, Sample } from '../../record/index.ts'

/** Least requests that a percentile is drawn from: fewer, and a p95 is nothing but their maximum. */
const LEAST = 100

export interface Point {
  atMs: number
  /** null where the window holds too few requests. */
  p95Ms: Quantity | null
}

export interface Trail {
  windowMs: number
  points: Point[]
}

/** Chooses a window that holds comfortably more than `LEAST` requests at this rate: 5 s at 40/s, 13 s at 10/s. */
export function windowFor(perSecond: number): number {
  return Math.max(5, Math.ceil((1.25 * LEAST) / Math.max(perSecond, 0.01))) * 1000
}

/**
 * Follows the p95 of the requests meant in the window before each moment, failures counted as infinite.
 * `samples` are in the order of their intended start.
 */
export function trailingP95(
  samples: readonly Sample[],
  windowMs: number,
  fromMs: number,
  toMs: number,
): Trail {
  const stepMs = Math.max(1000, Math.ceil((toMs - fromMs) / 400 / 1000) * 1000)
  const points: Point[] = []
  let first = 0
  let next = 0
  // Past the last request the window only empties: that is the load's end and says nothing about the service.
  const lastMs = Math.min(toMs, (samples.at(-1)?.intendedMs ?? fromMs) + stepMs)
  for (let atMs = fromMs; atMs <= lastMs; atMs += stepMs) {
    while (next < samples.length && samples[next]!.intendedMs <= atMs) next++
    while (first < next && samples[first]!.intendedMs <= atMs - windowMs) first++
    const inside = samples.slice(first, next)
    points.push({ atMs, p95Ms: inside.length < LEAST ? null : nearestRank(inside.map(responseMs), 0.95) })
  }
  return { windowMs, points }
}
