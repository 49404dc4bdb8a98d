import { burnRate } from './error-budget.ts'

/**
 * The windows in which burn rates are looked at, for a budget of 30 days (SRE workbook, table 5-8). Both of a pair have
 * to burn: the long one says that it matters, the short one that it still goes on.
 */
export const BURN_WINDOWS = [
  { severity: 'page', long: '1h', longMs: 3_600_000, short: '5m', shortMs: 300_000, factor: 14.4 },
  { severity: 'page', long: '6h', longMs: 21_600_000, short: '30m', shortMs: 1_800_000, factor: 6 },
  { severity: 'ticket', long: '1d', longMs: 86_400_000, short: '2h', shortMs: 7_200_000, factor: 3 },
  { severity: 'ticket', long: '3d', longMs: 259_200_000, short: '6h', shortMs: 21_600_000, factor: 1 },
] as const

/** A single failure among few requests is a high rate, and no fire. */
const LEAST_FAILURES = 2

/** Requests of a window, and how many of them failed. */
export interface Losses {
  requests: number
  failed: number
}

export interface Burn {
  severity: 'page' | 'ticket'
  long: string
  short: string
  /** Times the rate that spends the budget in exactly its window; null without a request. */
  longRate: number | null
  shortRate: number | null
  factor: number
  burning: boolean
}

/** Reads the burn rate of every pair of windows; `lossesOf` counts the last so many milliseconds. */
export function burns(target: number, lossesOf: (windowMs: number) => Losses): Burn[] {
  return BURN_WINDOWS.map(({ severity, long, longMs, short, shortMs, factor }) => {
    const [inLong, inShort] = [lossesOf(longMs), lossesOf(shortMs)]
    const [longRate, shortRate] = [rateOf(inLong, target), rateOf(inShort, target)]
    const burning = inLong.failed >= LEAST_FAILURES && (longRate ?? 0) >= factor && (shortRate ?? 0) >= factor
    return { severity, long, short, longRate, shortRate, factor, burning }
  })
}

function rateOf({ requests, failed }: Losses, target: number): number | null {
  return requests === 0 ? null : burnRate(failed / requests, target)
}
