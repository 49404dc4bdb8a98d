import { tPlus } from '../base/index.ts'
import type { View } from './view.ts'
import { logLine, minutes, numbers, stateLine } from './words.ts'

/** Plain lines, one a second, for logs, pipes and screen readers: nothing is ever redrawn. */
export function lineView(out: NodeJS.WritableStream): View {
  let lastSecond = -1
  return {
    entry: (entry) => {
      const line = logLine(entry)
      if (line !== null) out.write(`${line}\n`)
    },
    status: (status) => {
      const second = Math.floor(status.atMs / 1000)
      if (second === lastSecond) return
      lastSecond = second
      const now = numbers(status)
      const parts = [
        `${tPlus(status.atMs)}  ${stateLine(status)}`,
        `${status.phase.name}, ${minutes(status.phase.leftMs)} left`,
      ]
      if (now !== null)
        parts.push(`success ${now.success}`, `p95 ${now.p95}`, now.rate, `served by ${now.served}`)
      out.write(`${parts.join(' | ')}\n`)
    },
    close: () => undefined,
  }
}

/** The journal as NDJSON, and nothing else. */
export function jsonView(out: NodeJS.WritableStream): View {
  return {
    entry: (entry) => void out.write(`${JSON.stringify(entry)}\n`),
    status: () => undefined,
    close: () => undefined,
  }
}

/** Shows nothing. */
export const quietView: View = { entry: () => undefined, status: () => undefined, close: () => undefined }
