import { clean } from './clean.ts'
import { stateTeller } from './frame/index.ts'
import type { View } from './view.ts'
import { logWriter } from './words.ts'

const EVERY_MS = 1000

/** Plain lines, one a second, for logs and pipes: nothing is ever redrawn. */
export function lineView(out: NodeJS.WritableStream): View {
  const tell = stateTeller(EVERY_MS)
  const lineOf = logWriter()
  const write = (line: string | null) => {
    if (line !== null) out.write(`${line}\n`)
  }
  return {
    entry: (entry) => write(lineOf(entry)),
    status: (status) => write(tell(status)),
    show: (lines) => lines.forEach((line) => write(clean(line))),
    close: () => undefined,
  }
}

/** The journal as NDJSON, and nothing else. */
export function jsonView(out: NodeJS.WritableStream): View {
  return {
    entry: (entry) => void out.write(`${JSON.stringify(entry)}\n`),
    status: () => undefined,
    show: () => undefined,
    close: () => undefined,
  }
}

/** Shows nothing. */
export const quietView: View = {
  entry: () => undefined,
  status: () => undefined,
  show: () => undefined,
  close: () => undefined,
}
