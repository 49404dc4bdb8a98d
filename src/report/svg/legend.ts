import { span } from '../format.ts'
import { FAILED_OUTCOMES, type FailedOutcome } from './bins.ts'
import { LEFT, RIGHT, px, textWidth } from './geometry.ts'
import { MARKS, markOf, type Mark } from './latency.ts'
import type { Scene } from './scene.ts'
import { windowFor } from './trailing.ts'

interface Item {
  symbol: (x: number, y: number) => string
  width: number
  text: string
}

const BARS: Record<FailedOutcome, string> = { failed: 'error', timeout: 'timed out', truncated: 'cut off' }

const NAMES: Record<Mark, string> = {
  primary: 'served by primary',
  secondary: 'served by secondary',
  cache: 'served by cache',
  unknown: 'served by nobody known',
  failed: 'failed, at the time waited',
}

/** Explains the marks that occur, in as many lines as it takes. */
export function legend(scene: Scene, top: number): { svg: string; height: number } {
  const present = new Set(scene.main.map(markOf))
  const marks = (Object.keys(MARKS) as Mark[]).filter((mark) => present.has(mark))
  const items: Item[] = [
    ...marks.map((mark) => ({
      symbol: (x: number, y: number) => MARKS[mark]([{ x: x + 5, y }]),
      width: 12,
      text: NAMES[mark],
    })),
    ...FAILED_OUTCOMES.filter((outcome) => scene.main.some((sample) => sample.outcome === outcome)).map(
      (outcome) => ({
        symbol: (x: number, y: number) =>
          `<rect class="${outcome}" x="${px(x)}" y="${px(y - 5)}" width="10" height="10"/>`,
        width: 12,
        text: BARS[outcome],
      }),
    ),
    {
      symbol: (x, y) => `<path class="p95" d="M${px(x)} ${px(y)}h18"/>`,
      width: 20,
      text: `p95 of the last ${span(windowFor(scene.perSecond))}, failures infinite`,
    },
    { symbol: (x, y) => `<path class="limit" d="M${px(x)} ${px(y)}h18"/>`, width: 20, text: 'its limit' },
  ]
  const lines: string[] = ['']
  let x = LEFT
  for (const { symbol, width, text } of items) {
    const wide = width + 4 + textWidth(text, 11) + 18
    if (x > LEFT && x + wide > RIGHT) {
      lines.push('')
      x = LEFT
    }
    const y = top + (lines.length - 1) * 18 + 9
    lines[lines.length - 1] +=
      `${symbol(x, y)}<text class="small" x="${px(x + width + 4)}" y="${px(y + 4)}">${text}</text>`
    x += wide
  }
  return { svg: lines.join(''), height: lines.length * 18 }
}
