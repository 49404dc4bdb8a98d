import type { PhaseKind } from '../../base/index.ts'
import type { PhaseResult } from '../../record/index.ts'
import { escapeXml } from '../xml.ts'
import { LEFT, RIGHT, fitted, px, textWidth } from './geometry.ts'
import type { Scene } from './scene.ts'

export interface Panel {
  svg: string
  height: number
}

const SHADE: Record<PhaseKind, string> = {
  brief: 'talk',
  baseline: 'steady',
  'go-no-go': 'talk',
  break: 'break',
  restore: 'restore',
  debrief: 'talk',
  close: 'talk',
}

const STRIP = 24
const KEY_LINE = 16

/** Draws the phases as a strip with their names; a name without room is a number, explained in a line below. */
export function phaseStrip(scene: Scene, top: number): Panel {
  const unnamed: string[] = []
  const boxes = scene.result.phases.map((phase, index) => box(scene, phase, index + 1, top, unnamed))
  const lines = wrap(unnamed)
  const key = lines.map(
    (line, index) =>
      `<text class="small quiet" x="${LEFT}" y="${top + STRIP + 14 + index * KEY_LINE}">${escapeXml(line)}</text>`,
  )
  return {
    svg: `${rowLabel('phase', top + 16)}${boxes.join('')}${key.join('')}`,
    height: STRIP + (lines.length === 0 ? 0 : 2 + lines.length * KEY_LINE),
  }
}

function box(
  { x }: Scene,
  { name, kind, startMs, endMs }: PhaseResult,
  number: number,
  top: number,
  unnamed: string[],
): string {
  const [from, to] = [x(startMs), x(endMs)]
  const room = to - from
  const size = textWidth(name, 12) <= room - 8 ? '' : ' small'
  const fits = textWidth(name, size === '' ? 12 : 11) <= room - 6
  if (!fits) unnamed.push(`${number} ${name}`)
  const shown = fits ? name : textWidth(String(number), 11) <= room - 2 ? String(number) : ''
  return (
    `<rect class="${SHADE[kind]}" x="${px(from)}" y="${top}" width="${px(Math.max(0.5, to - from))}" height="${STRIP}"><title>${escapeXml(name)}</title></rect>` +
    `<path class="edge" d="M${px(to)} ${top}v${STRIP}"/>` +
    (shown === ''
      ? ''
      : `<text class="mid${size}" x="${px((from + to) / 2)}" y="${top + 16}">${escapeXml(shown)}</text>`)
  )
}

/** Breaks the explanations into lines that fit the plot. */
function wrap(items: readonly string[]): string[] {
  const lines: string[] = []
  for (const item of items.map((text) => fitted(text, 11, RIGHT - LEFT))) {
    const last = lines.at(-1)
    const longer = last === undefined ? item : `${last}  ·  ${item}`
    if (last !== undefined && textWidth(longer, 11) <= RIGHT - LEFT) lines[lines.length - 1] = longer
    else lines.push(item)
  }
  return lines
}

/** Labels a row in the left margin. */
export function rowLabel(text: string, y: number): string {
  return `<text class="small quiet end" x="${LEFT - 8}" y="${y}">${text}</text>`
}
