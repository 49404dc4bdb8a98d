import { scaleLinear } from 'd3-scale'
import { count, span } from '../format.ts'
import { FAILED_OUTCOMES, binLength, failureBins, type Bin } from './bins.ts'
import { LEFT, RIGHT, px } from './geometry.ts'
import type { Scene } from './scene.ts'

const HEIGHT = 56

/** Draws failures over time as stacked bars; without any it is a bare line, and the heading says that there were none. */
export function failurePanel(scene: Scene, top: number): { svg: string; height: number } {
  const lengthMs = binLength(scene.toMs, RIGHT - LEFT)
  const bins = failureBins(scene.main, lengthMs)
  const total = bins.reduce((sum, bin) => sum + bin.total, 0)
  const height = total === 0 ? 14 : HEIGHT
  const bottom = top + height
  const most = Math.max(1, ...bins.map((bin) => bin.total))
  const y = scaleLinear([0, most], [bottom, top + 4])
  return {
    height,
    svg:
      `<path class="axis" d="M${LEFT} ${bottom}H${RIGHT}"/>` +
      (total === 0
        ? tick(0, bottom)
        : tick(most, y(most)) + tick(0, bottom) + bins.map((bin) => bar(scene, bin, lengthMs, y)).join('')),
  }
}

/** Heading of the panel: how long one bar is depends on how long the drill was. */
export function failureTitle({ main, toMs }: Scene): string {
  const lengthMs = binLength(toMs, RIGHT - LEFT)
  const failed = main.filter(({ outcome }) => outcome !== 'ok').length
  const said =
    main.length === 0
      ? 'no request was sent'
      : `${failed === 0 ? 'none' : count(failed)} of ${count(main.length)}`
  return `Failed requests ${lengthMs === 1000 ? 'per second' : `per ${span(lengthMs)}`}: ${said}`
}

function bar({ x, toMs }: Scene, bin: Bin, lengthMs: number, y: (n: number) => number): string {
  const from = x(bin.fromMs)
  const width = Math.max(1.5, x(Math.min(toMs, bin.fromMs + lengthMs)) - from - 0.4)
  let stacked = 0
  return FAILED_OUTCOMES.filter((outcome) => bin.counts[outcome] > 0)
    .map((outcome) => {
      const bottom = y(stacked)
      stacked += bin.counts[outcome]
      const top = y(stacked)
      return `<rect class="${outcome}" x="${px(from)}" y="${px(top)}" width="${px(width)}" height="${px(bottom - top)}"/>`
    })
    .join('')
}

const tick = (n: number, y: number) =>
  `<text class="small quiet end" x="${LEFT - 8}" y="${px(y + 4)}">${n}</text>`
