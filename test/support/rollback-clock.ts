import type { Clock } from '../../src/base/index.ts'
import { testClock } from './test-clock.ts'

/** A clock on which every pause is over at once. It remembers them, and something may happen meanwhile. */
export interface HurryingClock extends Clock {
  readonly slept: number[]
  setWall(date: Date): void
}

export function hurryingClock(
  meanwhile: (pause: number) => Promise<unknown> | void = () => undefined,
): HurryingClock {
  const clock = testClock()
  const slept: number[] = []
  return {
    now: () => clock.now(),
    wall: () => clock.wall(),
    setWall: (date) => clock.setWall(date),
    slept,
    sleep: async (ms) => {
      slept.push(ms)
      await meanwhile(slept.length)
      await clock.advance(ms)
    },
  }
}
