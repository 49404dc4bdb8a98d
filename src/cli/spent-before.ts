import { messageOf } from '../base/index.ts'
import type { Config } from '../config/index.ts'
import type { Drill } from '../drill/index.ts'
import { openLogReader } from '../log/index.ts'
import { standing } from '../slo/index.ts'
import type { Io } from './io.ts'
import { logPath } from './log-place.ts'

/** What of the error budget was spent before the drill, and who says so; null where nobody does. */
export interface SpentBefore {
  failures: number
  source: 'log' | 'config'
}

/**
 * Takes what is spent from the request log; where there is none, or nothing in it, from the configuration. A log that
 * cannot be read keeps nobody from a drill.
 */
export function spentBefore(
  config: Config,
  { objectives }: Pick<Drill, 'objectives'>,
  io: Io,
): SpentBefore | null {
  const { spent } = config.errorBudget
  const configured = spent === undefined ? null : ({ failures: spent, source: 'config' } as const)
  try {
    const logged = fromLog(logPath(config, io), objectives, io.clock.wall().getTime())
    return logged === null ? configured : { failures: logged, source: 'log' }
  } catch (error) {
    io.stderr.write(
      `gameday: what was spent of the error budget is not taken from the request log: ${messageOf(error)}\n`,
    )
    return configured
  }
}

function fromLog(path: string, objectives: Drill['objectives'], nowMs: number): number | null {
  const reader = openLogReader(path)
  if (reader === null) return null
  try {
    if (reader.sinceMs() === null) return null
    const span = { fromMs: nowMs - objectives.window, toMs: nowMs + 1 }
    return standing(objectives, reader.losses(span, objectives.p95), reader.bookings(span)).spent
  } finally {
    reader.close()
  }
}
