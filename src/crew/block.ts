import { createLogUpdate } from 'log-update'
import { tPlus } from '../base/index.ts'
import type { LiveStatus } from './crew.ts'
import type { View } from './view.ts'
import { wrapLog, logLine, minutes, numbers, shortMs, stateLine } from './words.ts'

const BAR = 50

/** A block of status lines redrawn in place at the bottom of a terminal; the log scrolls above it. */
export function blockView(terminal: NodeJS.WriteStream): View {
  const draw = createLogUpdate(terminal, { showCursor: true })
  return {
    entry: (entry) => {
      const line = logLine(entry)
      if (line !== null) draw.persist(wrapLog(line, terminal.columns ?? 80))
    },
    status: (status) => draw(block(status)),
    close: () => draw.clear(),
  }
}

/** The block as text, at most eight lines of 80 columns. */
export function block(status: LiveStatus): string {
  const { atMs, totalMs, phase, fault, clocks, next } = status
  const lines = [
    '',
    ` ${stateLine(status)}${next === null ? '' : `    next: ${next}`}`,
    ` ${tPlus(atMs)} of ${minutes(totalMs)}   ${phase.name} (${phase.index + 1} of ${phase.count})   ${status.stopping ? '' : `${minutes(phase.leftMs)} left`}`.trimEnd(),
    ` ${bar(1 - phase.leftMs / Math.max(1, phase.lengthMs))}`,
  ]
  const now = numbers(status)
  if (now !== null) {
    lines.push(` success ${now.success}   p95 ${now.p95}   ${now.rate}, last 10 s`)
    lines.push(` served  ${now.served}   in all sent ${status.sentTotal}, failed ${status.failedTotal}`)
  }
  if (fault !== null)
    lines.push(
      ` fault   ${fault.kind} on ${fault.target}, ${minutes(fault.sinceMs)} in force, ${fault.proven ? 'proven' : 'not proven yet'}`,
    )
  if (clocks !== null)
    lines.push(
      ` clocks  detect ${clock(clocks.detectMs)} · switch ${clock(clocks.switchMs)} · stable ${clock(clocks.stableMs)}`,
    )
  return lines.join('\n')
}

const clock = (ms: number | null) => (ms === null ? '-' : shortMs(ms))

function bar(done: number): string {
  const full = Math.round(Math.min(1, Math.max(0, done)) * BAR)
  return `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}]`
}
