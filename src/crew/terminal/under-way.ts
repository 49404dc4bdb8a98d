import type { Clock } from '../../base/index.ts'

/** How long the end of a drill waits until what was typed is confirmed, in milliseconds. */
const CONFIRM_MS = 500

/** What has been handed in, and of which nobody knows yet what becomes of it. */
export interface UnderWay {
  /** Remembers the text until the work is done. */
  track(text: string, work: () => Promise<void>): Promise<void>
  /** Resolves when all of it is done, or after a moment; returns what is still open then, once. */
  settle(clock: Clock): Promise<string[]>
}

export function underWay(): UnderWay {
  const open = new Map<Promise<void>, string>()
  return {
    track: (text, work) => {
      const done = work().finally(() => open.delete(done))
      open.set(done, text)
      return done
    },
    settle: async (clock) => {
      const patience = new AbortController()
      await Promise.race([
        Promise.allSettled(open.keys()),
        clock.sleep(CONFIRM_MS, patience.signal).catch(() => undefined),
      ])
      patience.abort()
      const rest = [...open.values()]
      open.clear()
      return rest
    },
  }
}
