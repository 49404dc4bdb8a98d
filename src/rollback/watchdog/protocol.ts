import type { WatchdogReason } from '../../record/index.ts'

/** How often the runner gives a sign of life. */
export const HEARTBEAT_MS = 500
/** Silence for so long counts as death. */
export const SILENCE_MS = 5000

/** The watchdog has so long to come up: a busy machine may need it. */
export const START_MS = 15_000

/** What the watchdog is told when it is started. It reads the rest from the records. */
export interface WatchdogTask {
  stateFolder: string
  run: string
  /** Folder of the run, for what it has to tell. */
  dir: string
}

/** The runner's lines. The end of the pipe says that the runner is gone. */
export type ToWatchdog = { type: 'alive' } | { type: 'epoch'; epochMs: number }

/** The watchdog's lines: it answers each sign of life. */
export type FromWatchdog =
  { type: 'ready' } | { type: 'alive' } | { type: 'undoing'; why: WatchdogReason; detail: string }

export const line = (message: ToWatchdog | FromWatchdog) => `${JSON.stringify(message)}\n`

/** Reads a line of the other side; null for what is none, such as what a preloaded module prints. */
export function messageIn<T extends ToWatchdog | FromWatchdog>(text: string): T | null {
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}
