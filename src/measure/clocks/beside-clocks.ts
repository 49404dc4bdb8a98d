import type { FaultClocks } from './fault.ts'
import { noClocks } from './no-clocks.ts'

const OUTAGE =
  'it struck beside a fault of the primary: the outage, and all that a client sees of it, is that one’s'

/**
 * Keeps of the clocks of a secondary's fault beside one of the primary what they can tell: when an attempt at it first
 * failed, when its circuit opened, and how often it was tried after that. Nothing switches away from the secondary or
 * goes home to it, and the failures are those of the one outage that both make.
 */
export function besideClocks(clocks: FaultClocks): FaultClocks {
  const { detectMs, detectSource, tripMs, probes, inFlight, notReached, notObservable } = clocks
  const seen = detectSource === 'attempt'
  const outage = ['switch', 'stable', 'failback', 'tax'].map((clock) => [clock, OUTAGE] as const)
  return {
    ...noClocks(),
    detectMs: seen ? detectMs : null,
    detectSource: seen ? detectSource : null,
    tripMs,
    probes,
    inFlight,
    notReached: notReached.trip === undefined ? {} : { trip: notReached.trip },
    notObservable: {
      ...(notObservable.trip === undefined ? {} : { trip: notObservable.trip }),
      ...(seen ? {} : { detect: 'no attempt at it failed where its gate could see it' }),
      ...Object.fromEntries(outage),
    },
  }
}
