/** How late this process itself has been: what a timer of 10 ms was late by, for the last minute. */

const EVERY_MS = 10
const KEPT = 6000
const delays: { atMs: number; lateMs: number }[] = []

let dueMs = performance.now() + EVERY_MS
// Only watches; the process must be able to end.
setInterval(() => {
  const atMs = performance.now()
  delays.push({ atMs, lateMs: atMs - dueMs })
  if (delays.length > KEPT) delays.shift()
  dueMs = atMs + EVERY_MS
}, EVERY_MS).unref()

/** The most milliseconds that a timer of this process was late by since a moment of `performance.now()`. */
export function latenessSince(sinceMs: number): number {
  return Math.max(0, ...delays.filter(({ atMs }) => atMs >= sinceMs).map(({ lateMs }) => lateMs))
}
