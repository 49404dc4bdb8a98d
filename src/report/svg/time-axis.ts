import { tPlus } from '../../base/index.ts'
import { LEFT, RIGHT, px } from './geometry.ts'
import type { Scene } from './scene.ts'

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600]

/** Moments worth a label: round ones, about ten of them. */
export function timeTicks(toMs: number): number[] {
  const step = (STEPS_S.find((seconds) => toMs / 1000 / seconds <= 11) ?? 7200) * 1000
  return Array.from({ length: Math.floor(toMs / step) + 1 }, (_, index) => index * step)
}

/** Draws hairlines through all panels and the labels under them. */
export function timeGrid({ x, toMs }: Scene, top: number, bottom: number): string {
  return timeTicks(toMs)
    .map((ms) => `<path class="grid" d="M${px(x(ms))} ${top}V${bottom}"/>`)
    .join('')
}

export function timeLabels({ x, toMs }: Scene, y: number): string {
  return timeTicks(toMs)
    .map((ms) => {
      const at = x(ms)
      const anchor = at > RIGHT - 20 ? ' end' : at < LEFT + 20 ? '' : ' mid'
      return `<text class="small quiet${anchor}" x="${px(at)}" y="${y}">${tPlus(ms)}</text>`
    })
    .join('')
}
