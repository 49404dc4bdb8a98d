import { messageOf } from '../../src/base/index.ts'

/**
 * Whether a run says of itself that this machine was too busy to send its load in time. A request is dropped only where
 * the machine stood still for over a second before the load's end, or had no socket left; no drill here plans for that.
 */
export function wasLate(text: string): boolean {
  return /the load was late|the load dropped|(^|FAILED · |: )load on schedule: /m.test(text)
}

/** Said aloud whenever something is measured again. */
export function sayLate(): void {
  process.stderr.write(
    'this machine was too busy to measure on: the run says that its load was late; once more\n',
  )
}

/**
 * Does a test that measures again, at most twice, when the run itself said that its load came late: such a run proves
 * nothing, neither for nor against. Never done for any other reason; a failing assertion has to quote the run.
 */
export function unlessLate<A extends unknown[]>(
  body: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    for (let left = 2; ; left--) {
      try {
        return await body(...args)
      } catch (error) {
        if (left === 0 || !wasLate(messageOf(error))) throw error
        sayLate()
      }
    }
  }
}
