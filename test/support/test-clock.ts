import type { Clock } from '../../src/base/index.ts'

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** Moves time on, waking whoever sleeps until then in the order of their alarms. */
  advance(ms: number): Promise<void>
  /** Moves the wall clock alone, as an operator or a time server would. */
  setWall(date: Date): void
  readonly sleepers: number
}

export function testClock(startMs = 1_000_000): TestClock {
  let now = startMs
  let wall = Date.parse('2026-11-20T12:00:00Z')
  let alarms: { atMs: number; wake(): void }[] = []
  // Everything that is due has to run its course before time moves on.
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    now: () => now,
    wall: () => new Date(wall),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason)
        const wake = () => {
          signal?.removeEventListener('abort', giveUp)
          resolve()
        }
        const alarm = { atMs: now + ms, wake }
        const giveUp = () => {
          alarms = alarms.filter((other) => other !== alarm)
          reject(signal?.reason as Error)
        }
        alarms.push(alarm)
        signal?.addEventListener('abort', giveUp, { once: true })
      }),
    advance: async (ms) => {
      const until = now + ms
      await settle()
      for (;;) {
        const next = alarms.toSorted((a, b) => a.atMs - b.atMs).find(({ atMs }) => atMs <= until)
        if (next === undefined) break
        alarms = alarms.filter((other) => other !== next)
        wall += next.atMs - now
        now = Math.max(now, next.atMs)
        next.wake()
        await settle()
      }
      wall += until - now
      now = until
      await settle()
    },
    setWall: (date) => {
      wall = date.getTime()
    },
    get sleepers() {
      return alarms.length
    },
  }
}
