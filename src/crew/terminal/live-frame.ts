import { PassThrough } from 'node:stream'
import { AbortPromptError } from '@inquirer/core'
import type { Clock } from '../../base/index.ts'
import type { BoardState } from '../board.ts'
import { drawFrame, promptLabel, type FrameInput, type Window } from '../frame/index.ts'
import { cockpit } from './cockpit.ts'
import type { Key } from './keys.ts'
import { pace } from './pace.ts'
import { liveScreen, rowsOf } from './screen.ts'
import type { Line } from './typist.ts'

/** Milliseconds between two redraws that no key has asked for. */
const REDRAW_MS = 250
/** Rows that are left to the frame, however long the line is that is typed. */
const LEAST_ROWS = 6

export interface LiveFrameOptions {
  output: NodeJS.WritableStream
  window: () => Window
  clock: Clock
  board: () => BoardState
  input: () => FrameInput
  draft: () => string
  press: (key: Key) => void
  /** The frame could not be kept up: a signal that nobody else heard, or a fault of its own. */
  onLost: (error: unknown) => void
}

/** The frame at the bottom of a terminal, with the line that is typed into; everything that is printed appears above. */
export interface LiveFrame {
  readonly line: Line
  /** Passes a key on to the line. */
  key(text: string | undefined, key: Key): void
  print(text: string): void
  redraw(): void
  /** With everything else that changes within a quarter of a second. */
  redrawSoon(): void
  /** Takes the frame off the screen; what is printed afterwards goes straight to the terminal. */
  close(): Promise<void>
}

const NO_LINE: Line = { text: '', put: () => undefined, insert: () => undefined }

export function liveFrame(options: LiveFrameOptions): LiveFrame {
  const { output, window, clock, press } = options
  const screen = liveScreen(output, { columns: () => window().columns, again: () => redrawNow() })
  // Keys come decoded: the prompt never sees the terminal's own input.
  const keys = new PassThrough()
  const stop = new AbortController()
  let line = NO_LINE
  let redraw = () => undefined as void
  let closed = false
  let due = false

  /** Once for all keys that come together: whoever types ahead, or over a slow line, sends many at once. */
  const redrawNow = () => {
    if (due) return
    due = true
    queueMicrotask(() => {
      due = false
      redraw()
    })
  }
  const soon = pace(clock, REDRAW_MS, () => redraw())
  const over = cockpit(
    {
      content: () => content(options),
      press: (key) => {
        press(key)
        redrawNow()
      },
      mount: (itsLine, itsRedraw) => ([line, redraw] = [itsLine, itsRedraw]),
    },
    { input: keys, output: screen.stream, signal: stop.signal, clearPromptOnDone: true },
  ).catch((error: unknown) => {
    end()
    screen.end()
    if (!(error instanceof AbortPromptError)) options.onLost(error)
  })
  const end = () => {
    closed = true
    soon.stop()
    output.off('resize', redrawNow)
    line = NO_LINE
    redraw = () => undefined
  }
  output.on('resize', redrawNow)

  return {
    get line() {
      return line
    },
    key: (text, key) => void keys.emit('keypress', text, key),
    print: (text) => {
      screen.print(text)
      if (!closed) soon.soon()
    },
    redraw: redrawNow,
    redrawSoon: () => {
      if (!closed) soon.soon()
    },
    close: () => {
      end()
      stop.abort()
      return over
    },
  }
}

function content({ window, board, input, draft }: LiveFrameOptions): string {
  const { columns, rows, ...look } = window()
  const width = Math.max(1, columns - 1)
  const typed = promptLabel(input()) + draft()
  const most = Math.max(1, rows - LEAST_ROWS)
  const taken = rowsOf(typed, width)
  // Of a line that has no room its end is shown, cut where the prompt would have wrapped it.
  const shown = taken <= most ? typed : draft().slice(-(draft().length % width) - width * (most - 1))
  const frame = drawFrame(board(), input(), { ...look, columns, rows: rows - Math.min(taken, most) + 1 })
  return [...frame, shown].join('\n')
}
