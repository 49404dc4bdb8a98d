import { setTimeout as delay } from 'node:timers/promises'

/** Where time comes from. Everything below `cli/` is handed one, so that tests can inject their own. */
export interface Clock {
  /** Monotonic milliseconds with a fraction, comparable across the threads and processes of one machine. */
  now(): number
  /** The wall clock, for what people read. It may jump; no duration is ever computed from it. */
  wall(): Date
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The machine's clocks: `process.hrtime` for durations, `Date` for people. */
export const systemClock: Clock = {
  // A double keeps nanoseconds exact up to 104 days of uptime, and microseconds for centuries.
  now: () => Number(process.hrtime.bigint()) / 1e6,
  wall: () => new Date(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error
    }
  },
}
