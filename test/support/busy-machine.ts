import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../../src/base/index.ts'
import type { Result } from '../../src/record/index.ts'
import { DISPATCH_LAG_MOST_MS } from '../../src/report/compose/load.ts'

/**
 * Whether a run says of itself that this machine was too busy to send its load in time. A request is dropped only where
 * the machine stood still for over a second before the load's end, or had no socket left; no drill here plans for that.
 */
export function wasLate(text: string): boolean {
  return /the load was late|the load dropped|(^|FAILED · |: )load on schedule: /m.test(text)
}

/** Whether a run's result has its load leave later than is trusted; a verdict that comes before that one does not say so. */
export function loadWasLate({ load: { dispatchLagP99Ms } }: Pick<Result, 'load'>): boolean {
  return dispatchLagP99Ms === 'inf' || (dispatchLagP99Ms ?? 0) > DISPATCH_LAG_MOST_MS
}

/** The same of the result in a run's folder; false where there is none. */
export function runWasLate(dir: string): boolean {
  const file = join(dir, 'result.json')
  return existsSync(file) && loadWasLate(JSON.parse(readFileSync(file, 'utf8')) as Result)
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
