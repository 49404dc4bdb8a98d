/**
 * Knows how @inquirer/core draws (screen-manager.js): one chunk that goes down, clears the rows of the last drawing from
 * bottom to top, writes the new ones, and puts the cursor where the typing goes on.
 */

const CSI = `${'\u001B'}\\[`
const CLEARING = new RegExp(`^(?:${CSI}\\d*[ABGK])+`)
const CURSOR = new RegExp(`(?:${CSI}(\\d+)A)?${CSI}(\\d+)G$`)
const MOVE = new RegExp(`^${CSI}\\d+G$`)
const SHOW = '\u001B[?25h'

/** Takes a chunk apart: what it writes, and where it leaves the cursor. Its clearing is left out. */
export function splitRedraw(chunk: string): { content: string; tail: string } {
  const rest = chunk.replace(CLEARING, '')
  // The end of a prompt clears it and shows the cursor.
  if (rest === '' || rest === SHOW) return { content: '', tail: rest }
  const tail = CURSOR.exec(rest)?.[0] ?? ''
  return { content: rest.slice(0, rest.length - tail.length), tail }
}

/** Whether a chunk moves the cursor within its line and does nothing else. */
export const isCursorMove = (chunk: string) => MOVE.test(chunk)

/** Where the end of a chunk leaves the cursor: so many rows above the last one, in which column from 0. */
export function endOf(tail: string): { up: number; column: number } {
  const [, up = '0', column = '1'] = CURSOR.exec(tail) ?? []
  return { up: Number(up), column: Number(column) - 1 }
}

/** Whether a chunk is the last one of a prompt, which takes it off the screen. */
export const isFarewell = (chunk: string) => splitRedraw(chunk).content === '' && !isCursorMove(chunk)
