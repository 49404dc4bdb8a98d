import { scaleLinear, scaleLog } from 'd3-scale'
import { counts } from '../../measure/index.ts'
import type { Records, Result, Sample } from '../../record/index.ts'
import { LEFT, RIGHT } from './geometry.ts'

/** All that the panels of the timeline share. */
export interface Scene {
  result: Result
  fromMs: number
  toMs: number
  x: (ms: number) => number
  /** Main lane, sent, in the order of their intended start. */
  main: Sample[]
  control: Sample[]
  perSecond: number
  timeoutMs: number
  limitMs: number | null
}

/** Gathers what is drawn. */
export function sceneOf(result: Result, { journal, samples }: Records): Scene {
  const started = journal.find((entry) => entry.type === 'run.started')
  const main = samples.filter(counts).sort((a, b) => a.intendedMs - b.intendedMs)
  const toMs = Math.max(1000, result.run.durationMs)
  const x = scaleLinear([0, toMs], [LEFT, RIGHT])
  return {
    result,
    fromMs: 0,
    toMs,
    // What lies outside the drill, such as an answer that came after its end, is drawn at the edge.
    x: (ms) => Math.min(RIGHT, Math.max(LEFT, x(ms))),
    main,
    control: samples.filter(({ lane, outcome }) => lane === 'control' && outcome !== 'dropped'),
    perSecond: started?.load.perSecond ?? 0,
    timeoutMs: started?.load.timeoutMs ?? 10_000,
    limitMs: started?.objectives.p95Ms ?? null,
  }
}

/** Where a request is drawn: successes by response time, failures by how long their caller waited in vain. */
export function waitedMs({ intendedMs, endMs }: Sample, timeoutMs: number): number {
  return endMs === null ? timeoutMs : Math.max(1, endMs - intendedMs)
}

export interface LatencyScale {
  y: (ms: number) => number
  ticks: number[]
}

/**
 * A logarithmic scale over all that is drawn, widened to whole 1-2-5 steps. It begins at the fastest success: a refusal
 * of five milliseconds sits on its lower edge, where it does not squeeze the answers into a stripe.
 */
export function latencyScale(scene: Scene, top: number, bottom: number): LatencyScale {
  let low = (scene.limitMs ?? 1000) / 4
  let high = 0
  for (const sample of scene.main) {
    const ms = waitedMs(sample, scene.timeoutMs)
    if (sample.outcome === 'ok') low = Math.min(low, ms)
    high = Math.max(high, ms)
  }
  const from = STEPS.findLast((step) => step <= low) ?? STEPS[0]!
  const to = STEPS.find((step) => step >= Math.max(high, (scene.limitMs ?? 1000) * 1.5)) ?? STEPS.at(-1)!
  const y = scaleLog([from, to], [bottom, top]).clamp(true)
  return { y, ticks: STEPS.filter((step) => step >= from && step <= to) }
}

const STEPS = [1, 10, 100, 1000, 10_000, 100_000].flatMap((ten) => [ten, 2 * ten, 5 * ten])
