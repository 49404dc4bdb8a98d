import type { Line } from './pen.ts'

/** Lines that stay or go together. The lowest `keep` goes first when there is no room. */
export interface Block {
  lines: readonly Line[]
  keep: number
  /** What is left of it before it goes whole, and when. */
  short?: { lines: readonly Line[]; keep: number }
}

/** What belongs together in a frame. */
export interface Part {
  blocks: readonly Block[]
  /** How long the empty line above it stays, on the scale of `keep`. */
  breath: number
}

const EMPTY: Line = []

/**
 * Stacks the parts of a frame into exactly that many lines: what matters least goes where there is no room, and where
 * there is too much the last part is kept at the bottom. So the frame never jumps.
 */
export function fit(parts: readonly Part[], height: number): Line[] {
  let shown = parts
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ blocks, breath }, index) =>
      index === 0 ? blocks : [{ lines: [EMPTY], keep: breath }, ...blocks],
    )
  for (let over = linesOf(shown).length > height; over; over = linesOf(shown).length > height) {
    const least = shown.flat().reduce((low, block) => (rankOf(block) < rankOf(low) ? block : low))
    shown = shown.map((part) => part.flatMap((block) => (block === least ? shortened(block) : [block])))
  }
  const body = linesOf(shown.slice(0, -1))
  const foot = linesOf(shown.slice(-1))
  const filling = Array.from({ length: height - body.length - foot.length }, () => EMPTY)
  return [...body, ...filling, ...foot]
}

const linesOf = (parts: readonly (readonly Block[])[]) => parts.flat().flatMap(({ lines }) => lines)
const rankOf = ({ keep, short }: Block) => short?.keep ?? keep
const shortened = ({ keep, short }: Block): Block[] =>
  short === undefined ? [] : [{ lines: short.lines, keep }]
