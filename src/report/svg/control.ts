import type { Sample } from '../../record/index.ts'
import { LEFT, RIGHT, px } from './geometry.ts'
import { rowLabel } from './phases.ts'
import { waitedMs, type Scene } from './scene.ts'

const ROW = 14

/** Rows of the strip, so that height tells how a request ended as well as its shape does. */
const ROWS: { label: string; className: string; apart: number; mark: (x: number, y: number) => string }[] = [
  { label: 'ok', className: 'good', apart: 3, mark: (x, y) => `M${px(x)} ${y - 4}v8` },
  { label: 'too slow', className: 'limit-mark', apart: 9, mark: (x, y) => `M${px(x)} ${y - 3.5}l3.5 7h-7z` },
  { label: 'failed', className: 'cross', apart: 6, mark: (x, y) => `M${px(x - 3)} ${y - 3}l6 6m0-6l-6 6` },
]

/** Draws the control lane: what every request would have met without the router. */
export function controlStrip(scene: Scene, top: number): { svg: string; height: number } {
  const { control, x } = scene
  const rowOf = (sample: Sample) =>
    sample.outcome !== 'ok' ? 2 : waitedMs(sample, scene.timeoutMs) >= (scene.limitMs ?? Infinity) ? 1 : 0
  const rows = ROWS.map(({ label, className, apart, mark }, index) => {
    const y = top + index * ROW + ROW / 2
    const at = control.filter((sample) => rowOf(sample) === index).map(({ intendedMs }) => x(intendedMs))
    const marks = spaced(at, apart).map((where) => mark(where, y))
    const path = marks.length === 0 ? '' : `<path class="${className}" d="${marks.join('')}"/>`
    return `${rowLabel(label, y + 4)}<path class="grid" d="M${LEFT} ${y + ROW / 2}H${RIGHT}"/>${path}`
  })
  const empty =
    control.length === 0
      ? `<text class="small quiet" x="${LEFT + 4}" y="${top + ROW + 11}">nothing was sent on it</text>`
      : ''
  return { height: ROWS.length * ROW, svg: rows.join('') + empty }
}

/** Leaves out marks that would touch the one before them; a lone one always stays. */
function spaced(positions: readonly number[], apart: number): number[] {
  let last = -Infinity
  return [...positions]
    .sort((a, b) => a - b)
    .filter((position) => {
      if (position - last < apart) return false
      last = position
      return true
    })
}
