import { Writable } from 'node:stream'
import widthOf from 'fast-string-truncated-width'
import { endOf, isCursorMove, isFarewell, splitRedraw } from './redraw.ts'

const CLEAR_RIGHT = '\u001B[K'
const CLEAR_BELOW = '\u001B[J'

/** What a prompt draws on: everything else that is printed appears above it, and the drawing stays the last on the screen. */
export interface LiveScreen {
  /** The output of the prompt. */
  stream: Writable & { readonly columns: number }
  /** Prints lines: above what is drawn, with the next redraw; at once where nothing is. */
  print(text: string): void
  /** The prompt is gone, in whatever state it left the screen: what waits is printed, and nothing waits any more. */
  end(): void
}

export interface ScreenOptions {
  columns: () => number
  /** Called when there is room again for a redraw that had to be left out. */
  again: () => void
}

interface Drawn {
  rows: string[]
  /** Rows from the last one up to the one with the cursor, and its column. */
  up: number
  column: number
}

/**
 * Lets a prompt and a log share a terminal. The prompt clears its rows and writes them anew, in one chunk; that chunk is
 * rewritten so that the log's new lines take the place of the frame, the frame follows, and nothing is blank in between.
 * While the terminal has not taken the last redraw, further ones are left out, and the log's lines wait.
 */
export function liveScreen(
  output: NodeJS.WritableStream & { readonly writableLength?: number },
  { columns, again }: ScreenOptions,
): LiveScreen {
  let drawn: Drawn | null = null
  let pending = ''
  let last = ''
  let isLate = false

  const put = (text: string) =>
    void output.write(text, () => {
      if (!isLate || isBehind()) return
      isLate = false
      again()
    })
  const isBehind = () => (output.writableLength ?? 0) > 0
  const redraw = (chunk: string): string => {
    const { content, tail } = splitRedraw(chunk)
    const climb = drawn === null ? '' : upwards(rowsAboveCursor(drawn, columns()))
    const log = pending.replaceAll('\n', `${CLEAR_RIGHT}\n`)
    pending = ''
    drawn = content === '' ? null : { rows: content.split('\n'), ...endOf(tail) }
    return `${climb}\r${log}${content.replaceAll('\n', `${CLEAR_RIGHT}\n`)}${CLEAR_BELOW}${tail}`
  }
  const move = (chunk: string) => {
    if (drawn !== null) drawn.column = endOf(chunk).column
    last = ''
    put(chunk)
  }
  const write = (chunk: string) => {
    if (isBehind() && !isFarewell(chunk)) {
      isLate = true
      return
    }
    if (isCursorMove(chunk)) return move(chunk)
    const printed = pending !== ''
    const text = redraw(chunk)
    // Four times a second, mostly nothing has changed.
    if (text !== last || printed) put(text)
    last = text
  }

  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: Buffer | string, _encoding, done) => {
      write(chunk.toString())
      done()
    },
  })
  return {
    // One column is left free: a row that fills its line leaves the cursor where terminals disagree.
    stream: Object.defineProperty(stream, 'columns', { get: () => columns() - 1 }) as LiveScreen['stream'],
    print: (text) => {
      if (drawn === null) output.write(`${text}\n`)
      else pending += `${text}\n`
    },
    end: () => {
      drawn = null
      if (pending !== '') output.write(`\r${CLEAR_BELOW}${pending}`)
      pending = ''
    },
  }
}

/** A window that became narrower has wrapped what was drawn, so that it takes more rows than it was drawn with. */
function rowsAboveCursor({ rows, up, column }: Drawn, columns: number): number {
  const above = rows.slice(0, rows.length - 1 - up)
  return above.reduce((sum, row) => sum + rowsOf(row, columns), 0) + Math.floor(column / columns)
}

const upwards = (rows: number) => (rows > 0 ? `\u001B[${rows}A` : '')

/** How many rows a line takes in a window of this width. */
export function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(widthOf(line).width / columns))
}
