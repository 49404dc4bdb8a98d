import type { PastDrill } from './past.ts'

/** When a drill was last held with people. */
export interface LastHeld {
  drill: string
  /** The last time that people were there and something was broken; null if that never was. */
  last: PastDrill | null
  daysAgo: number | null
  /** Runs without people since then; they reset nothing. */
  unattendedSince: number
}

const DAY_MS = 86_400_000

/** Says for every drill, in the order of names, how long ago people held it. Days count by the calendar, in UTC. */
export function lastHeld(drills: readonly PastDrill[], today: Date): LastHeld[] {
  return [...new Set(drills.map(({ drill }) => drill))].toSorted().map((drill) => {
    const own = drills.filter((past) => past.drill === drill)
    const at = own.findLastIndex(({ attended, broke }) => attended && broke)
    const last = own[at] ?? null
    return {
      drill,
      last,
      daysAgo: last === null ? null : dayNumber(today) - dayNumber(new Date(last.startedAt)),
      unattendedSince: own.slice(at + 1).filter(({ attended, inProgress }) => !attended && !inProgress)
        .length,
    }
  })
}

const dayNumber = (date: Date) => Math.floor(date.getTime() / DAY_MS)
