import { line } from 'd3-shape'
import type { Sample } from '../../record/index.ts'
import { span } from '../format.ts'
import { LEFT, RIGHT, px, textWidth } from './geometry.ts'
import { latencyScale, waitedMs, type Scene } from './scene.ts'
import { thinned, type Dot } from './thin.ts'
import { trailingP95, windowFor, type Point } from './trailing.ts'

const HEIGHT = 250
/** Room above the scale for a percentile that fell among the failures. */
const INFINITE = 26

const circles = (dots: readonly Dot[]) => dots.map(({ x, y }) => `M${px(x)} ${px(y)}h.01`).join('')
const diamonds = (dots: readonly Dot[]) =>
  dots.map(({ x, y }) => `M${px(x)} ${px(y - 2.2)}l2.2 2.2-2.2 2.2-2.2-2.2z`).join('')
const squares = (dots: readonly Dot[]) =>
  dots.map(({ x, y }) => `M${px(x - 1.8)} ${px(y - 1.8)}h3.6v3.6h-3.6z`).join('')
const crosses = (dots: readonly Dot[]) =>
  dots.map(({ x, y }) => `M${px(x - 3)} ${px(y - 3)}l6 6m0-6l-6 6`).join('')

/** How each kind of request is drawn; the legend draws the same. Each differs in shape as well as in colour. */
export const MARKS = {
  primary: (dots: readonly Dot[]) =>
    `<path class="primary" stroke-width="3.4" stroke-linecap="round" stroke-opacity=".55" d="${circles(dots)}"/>`,
  secondary: (dots: readonly Dot[]) => `<path class="secondary" fill-opacity=".6" d="${diamonds(dots)}"/>`,
  cache: (dots: readonly Dot[]) => `<path class="cache" fill-opacity=".7" d="${squares(dots)}"/>`,
  unknown: (dots: readonly Dot[]) => `<path class="unknown" stroke-width="1" d="${squares(dots)}"/>`,
  failed: (dots: readonly Dot[]) => `<path class="cross" d="${crosses(dots)}"/>`,
}
export type Mark = keyof typeof MARKS

const ORDER: readonly Mark[] = ['primary', 'secondary', 'cache', 'unknown', 'failed']

/** Says how a request is drawn. */
export function markOf({ outcome, servedBy }: Sample): Mark {
  return outcome === 'ok' ? (servedBy ?? 'unknown') : 'failed'
}

/** Heading of the panel. */
export function latencyTitle({ main }: Scene): string {
  return main.length === 0 ? 'Response time: no request was sent' : 'Response time, from the intended start'
}

/** Draws every request at its intended start and response time, the trailing p95 over them, and its limit. */
export function latencyPanel(scene: Scene, top: number): { svg: string; height: number } {
  if (scene.main.length === 0) return { svg: '', height: 14 }
  const bottom = top + INFINITE + HEIGHT
  const { y, ticks } = latencyScale(scene, top + INFINITE, bottom)
  const dots: Record<Mark, Dot[]> = { primary: [], secondary: [], cache: [], unknown: [], failed: [] }
  for (const sample of scene.main) {
    dots[markOf(sample)].push({ x: scene.x(sample.intendedMs), y: y(waitedMs(sample, scene.timeoutMs)) })
  }
  const drawn = ORDER.filter((mark) => dots[mark].length > 0).map((mark) =>
    // Failures are few, or the point of the picture: none is left out unless it lies exactly on another.
    MARKS[mark](mark === 'failed' ? distinct(dots[mark]) : thinned(dots[mark])),
  )
  return {
    height: INFINITE + HEIGHT,
    svg: grid(ticks, y) + drawn.join('') + trail(scene, y, top) + limit(scene, y),
  }
}

/** Failures that would be drawn on the very same place are one cross. */
function distinct(dots: readonly Dot[]): Dot[] {
  return [...new Map(dots.map((dot) => [`${px(dot.x)} ${px(dot.y)}`, dot])).values()]
}

function grid(ticks: readonly number[], y: (ms: number) => number): string {
  return ticks
    .map(
      (ms) =>
        `<path class="grid" d="M${LEFT} ${px(y(ms))}H${RIGHT}"/><text class="small quiet end" x="${LEFT - 8}" y="${px(y(ms) + 4)}">${span(ms)}</text>`,
    )
    .join('')
}

function trail(scene: Scene, y: (ms: number) => number, top: number): string {
  const { points } = trailingP95(scene.main, windowFor(scene.perSecond), scene.fromMs, scene.toMs)
  const infinite = top + 7
  const at = ({ p95Ms }: Point) => (p95Ms === 'inf' ? infinite : y(p95Ms ?? 1))
  const path = line<Point>()
    .defined(({ p95Ms }) => p95Ms !== null)
    .x((point) => Math.round(scene.x(point.atMs) * 10) / 10)
    .y((point) => Math.round(at(point) * 10) / 10)(points)
  const label = points.some(({ p95Ms }) => p95Ms === 'inf')
    ? `<text class="small quiet end" x="${LEFT - 8}" y="${px(infinite + 4)}">∞</text>`
    : ''
  return path === null ? '' : `${label}<path class="halo" d="${path}"/><path class="p95" d="${path}"/>`
}

function limit({ limitMs, result }: Scene, y: (ms: number) => number): string {
  if (limitMs === null || result.phases.length === 0) return ''
  const text = `p95 limit ${span(limitMs)}`
  const width = textWidth(text, 11)
  return (
    `<path class="limit" d="M${LEFT} ${px(y(limitMs))}H${RIGHT}"/>` +
    `<rect class="ground" stroke="none" style="stroke:none" x="${px(RIGHT - width - 8)}" y="${px(y(limitMs) - 17)}" width="${px(width + 8)}" height="14" fill-opacity=".85"/>` +
    `<text class="small limit-text end" x="${RIGHT - 4}" y="${px(y(limitMs) - 6)}">${text}</text>`
  )
}
