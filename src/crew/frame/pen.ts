import { styleText } from 'node:util'
import truncatedWidth from 'fast-string-truncated-width'
import wrapAnsi from 'wrap-ansi'
import { clean } from '../clean.ts'
import { asciiOf, glyphsOf, type Glyphs } from './glyphs.ts'
import type { Window } from './types.ts'

type Style = Parameters<typeof styleText>[0]

/** How something stands out where there are colours; what it means is always in its words as well. */
const STYLES = {
  plain: [],
  dim: ['dim'],
  strong: ['bold'],
  good: ['green'],
  warn: ['yellow', 'bold'],
  bad: ['red', 'bold'],
  // No bold on black: some terminals make it grey.
  'well on': ['bgGreen', 'black'],
  'broken on': ['bgYellow', 'black'],
  'hurt on': ['bgRed', 'whiteBright', 'bold'],
  'quiet on': ['bgBlue', 'whiteBright', 'bold'],
} satisfies Record<string, Style>
export type Tone = keyof typeof STYLES

/** Text that came through `clean`, and how it looks. */
export interface Piece {
  readonly text: string
  readonly tone: Tone
}
export type Line = readonly Piece[]

/** Writes lines that fit a window, in the glyphs and colours that it has. */
export interface Pen {
  /** Columns that a line may take. The last column stays free: some terminals wrap as soon as it is written. */
  readonly width: number
  readonly glyphs: Glyphs
  readonly color: boolean
  piece(text: string, tone?: Tone): Piece
  /** Puts something at the left and something at the right; the right side goes where there is no room for both. */
  spread(left: Line, right: Line, fill?: Piece): Line
  /** Breaks text at words into lines of that many columns, and cuts it off after that many lines. */
  wrap(text: string, columns: number, most: number): string[]
  length(line: Line): number
  /** The line as the terminal gets it, cut off where the window ends. */
  paint(line: Line): string
}

export function createPen(window: Window): Pen {
  const width = Math.max(1, window.columns - 1)
  const glyphs = glyphsOf(window)
  const said = (text: string) => (window.glyphs === 'ascii' ? asciiOf(clean(text)) : clean(text))
  const piece = (text: string, tone: Tone = 'plain'): Piece => ({ text: said(text), tone })
  const length = (line: Line) => line.reduce((sum, { text }) => sum + widthOf(text), 0)
  const style = ({ text, tone }: Piece) =>
    // Whether there are colours was decided by whoever knows the terminal; Node must not ask its own stdout again.
    window.color ? styleText(STYLES[tone], text, { validateStream: false }) : text

  return {
    width,
    glyphs,
    color: window.color,
    piece,
    length,
    spread: (left, right, fill = piece(' ')) => {
      const gapBefore = (line: Line) => Math.max(0, width - length(left) - length(line))
      const end = gapBefore(right) < 2 ? [] : right
      return [...left, { ...fill, text: fill.text.repeat(gapBefore(end)) }, ...end]
    },
    wrap: (text, columns, most) => {
      const short = said(text).trim()
      if (widthOf(short) <= columns) return [short]
      const lines = wrapAnsi(short, Math.max(1, columns), { hard: true }).split('\n')
      if (lines.length <= most) return lines
      // Whatever is left over is cut by the width that it has there.
      return [...lines.slice(0, most - 1), cut(lines.slice(most - 1).join(' '), columns, glyphs.ellipsis)]
    },
    paint: (line) => {
      let left = width
      let painted = ''
      for (const { text, tone } of line) {
        const shown = cut(text, left, glyphs.ellipsis)
        left -= widthOf(shown)
        painted += shown === '' ? '' : style({ text: shown, tone })
        if (shown !== text) break
      }
      return window.color ? painted : painted.trimEnd()
    },
  }
}

// inquirer wraps what it is given by this very measure: a line that fits by it is never wrapped there.
const widthOf = (text: string) => (PLAIN.test(text) ? text.length : truncatedWidth(text).width)

/** Most of a frame is ASCII, and does not need to be looked at sign by sign four times a second. */
const PLAIN = /^[ -~]*$/

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Cuts off what is wider than that, between signs. The measure could do it too, but miscounts where scripts are mixed. */
function cut(text: string, limit: number, ellipsis: string): string {
  if (widthOf(text) <= limit) return text
  const end = widthOf(ellipsis) <= limit ? ellipsis : ''
  let left = limit - widthOf(end)
  let kept = ''
  for (const { segment } of GRAPHEMES.segment(text)) {
    left -= widthOf(segment)
    if (left < 0) break
    kept += segment
  }
  return kept + end
}
