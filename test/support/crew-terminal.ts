import { PassThrough, Writable } from 'node:stream'
import xterm from '@xterm/headless'
import type { Window } from '../../src/crew/frame/index.ts'

/** A screen as a person sees it, fed with what a program writes. */
export interface Screen {
  write(text: string): void
  resize(columns: number, rows: number): void
  /** The rows of the window, from its top; without blanks at their ends. */
  rows(): Promise<string[]>
  /** The same with everything that has scrolled out of it before. */
  everything(): Promise<string[]>
}

export function screenOf(columns: number, rows: number): Screen {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true })
  let text: (from: number) => string[] = () => []
  text = (from) => {
    const { active } = terminal.buffer
    const all: string[] = []
    for (let y = from; y < active.length; y++) all.push(active.getLine(y)?.translateToString(true) ?? '')
    return all
  }
  const drained = () => new Promise<void>((resolve) => terminal.write('', resolve))
  return {
    write: (chunk) => terminal.write(chunk),
    resize: (nowColumns, nowRows) => terminal.resize(nowColumns, nowRows),
    rows: async () => {
      await drained()
      return text(terminal.buffer.active.baseY)
    },
    everything: async () => {
      await drained()
      return text(0)
    },
  }
}

/** A terminal in this process: keys are pressed with `press`, and `screen` shows what was written. */
export interface FakeTerminal {
  input: PassThrough & { setRawMode: (on: boolean) => void }
  output: Writable
  screen: Screen
  window: () => Window
  /** Everything written, as bytes. */
  written: () => string
  /** How often something was written. */
  writes: () => number
  /** What raw mode was set to, in order. */
  raw: boolean[]
  press: (keys: string) => Promise<void>
  resize: (columns: number, rows: number) => void
}

export function fakeTerminal(columns = 80, rows = 24): FakeTerminal {
  const raw: boolean[] = []
  const screen = screenOf(columns, rows)
  let [written, writes] = ['', 0]
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: Buffer | string, _encoding, done) => {
      // What a real one does on its way out: ONLCR.
      screen.write(chunk.toString().replaceAll('\n', '\r\n'))
      written += chunk.toString()
      writes++
      done()
    },
  })
  const input = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => void raw.push(on) })
  let window: Window = { columns, rows, glyphs: 'unicode', color: false }
  return {
    input,
    output,
    screen,
    window: () => window,
    written: () => written,
    writes: () => writes,
    raw,
    press: async (keys) => {
      input.write(keys)
      await settled()
    },
    resize: (nowColumns, nowRows) => {
      window = { ...window, columns: nowColumns, rows: nowRows }
      screen.resize(nowColumns, nowRows)
      output.emit('resize')
    },
  }
}

/** Lets everything run that is due now. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}
