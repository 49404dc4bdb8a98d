import { z } from 'zod'

/**
 * Quantities as people write them in a drill file, read into plain numbers: `99.5%` into 0.995, `2.5s` into 2500 ms,
 * `$0.015` into 0.015 US dollars, `10/s` into 10 requests a second, `6m` into 360000 ms, `2kB` into 2000 bytes.
 */

const NUMBER = String.raw`(\d+(?:\.\d+)?)\s*`
// Each unit at most once, the largest first. A part begins with a digit, so that no text takes long to refuse.
const DURATION = new RegExp(
  String.raw`^\s*(?=\d)(?:${NUMBER}d\s*)?(?:${NUMBER}h\s*)?(?:${NUMBER}(?:min|m)\s*)?(?:${NUMBER}s\s*)?(?:${NUMBER}ms\s*)?$`,
)
const PERCENT = new RegExp(String.raw`^\s*${NUMBER}%\s*$`)
const MONEY = new RegExp(String.raw`^\s*\$\s*${NUMBER}$`)
const RATE = new RegExp(String.raw`^\s*${NUMBER}\/\s*(s|min|m|h|d)\s*$`)
const BYTES = new RegExp(String.raw`^\s*${NUMBER}(B|kB|MB)\s*$`)
const DATA_RATE = new RegExp(String.raw`^\s*${NUMBER}(kB|MB)\s*\/\s*s\s*$`)

const DURATION_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const
const SECONDS: Record<string, number> = { s: 1, min: 60, m: 60, h: 3600, d: 86_400 }
const BYTE_UNITS = [
  ['MB', 1_000_000],
  ['kB', 1000],
  ['B', 1],
] as const

/** Rounds away what binary fractions add: 99.5 % is 0.995 and not 0.9949999999999999. */
const decimal = (value: number) => Number(value.toPrecision(15))

/** Reads `250ms`, `2.5s`, `6m`, `2m30s`, `4h`, `30d` into milliseconds; null when it is none of these. */
export function parseDuration(text: string): number | null {
  const parts = DURATION.exec(text)?.slice(1)
  if (parts === undefined) return null
  return decimal(DURATION_UNITS.reduce((sum, [, ms], index) => sum + Number(parts[index] ?? 0) * ms, 0))
}

/** Reads `99.5%` into the ratio 0.995; null when it is none. */
export function parsePercent(text: string): number | null {
  const match = PERCENT.exec(text)
  return match === null ? null : decimal(Number(match[1]) / 100)
}

/** Reads `$0.015` into US dollars; null when it is none. */
export function parseMoney(text: string): number | null {
  const match = MONEY.exec(text)
  return match === null ? null : Number(match[1])
}

/** Reads `10/s`, `14/min`, `600/h` into requests a second; null when it is none. */
export function parseRate(text: string): number | null {
  const match = RATE.exec(text)
  return match === null ? null : decimal(Number(match[1]) / (SECONDS[match[2] ?? 's'] ?? 1))
}

/** Reads `600B`, `2kB`, `1.5MB` into whole bytes; null when it is none of these. */
export function parseBytes(text: string): number | null {
  const [, amount, unit] = BYTES.exec(text) ?? []
  const size = BYTE_UNITS.find(([name]) => name === unit)?.[1] ?? NaN
  const value = decimal(Number(amount) * size)
  return Number.isInteger(value) ? value : null
}

/** Reads `2kB/s` into bytes a second; null when it is none, or not whole kilobytes: Toxiproxy knows no others. */
export function parseDataRate(text: string): number | null {
  const match = DATA_RATE.exec(text)
  const value = match === null ? null : parseBytes(`${match[1]}${match[2]}`)
  return value !== null && value % 1000 === 0 ? value : null
}

/** Writes bytes the way `parseBytes` reads them: 1500 as `1.5kB`. */
export function formatBytes(bytes: number): string {
  const [unit, size] = BYTE_UNITS.find(([, least]) => bytes >= least) ?? ['B', 1]
  return `${decimal(bytes / size)}${unit}`
}

export const formatDataRate = (bytesPerSecond: number) => `${formatBytes(bytesPerSecond)}/s`

/** Writes milliseconds the way `parseDuration` reads them: 150000 as `2m30s`, 2500 as `2.5s`, 80 as `80ms`. */
export function formatDuration(ms: number): string {
  if (ms <= 0) return '0s'
  if (ms < 1000) return `${decimal(ms)}ms`
  let left = decimal(ms)
  let text = ''
  for (const [unit, size] of DURATION_UNITS.slice(0, 3)) {
    const count = Math.floor(left / size)
    if (count > 0) text += `${count}${unit}`
    left = decimal(left - count * size)
  }
  return left === 0 ? text : `${text}${decimal(left / 1000)}s`
}

/** What a quantity may be at least and at most, in the plain numbers it is read into. */
export interface Bounds {
  least?: number
  most?: number
  /** Refuses `least` and `most` themselves. */
  exclusive?: boolean
}

function quantity(
  pattern: RegExp,
  parse: (text: string) => number | null,
  instead: string,
  bounds?: Bounds,
  write?: (value: number) => string,
) {
  const { least = -Infinity, most = Infinity, exclusive = false } = bounds ?? {}
  const show = (value: number) => write?.(value) ?? String(value)
  const range =
    least > -Infinity && most < Infinity && !exclusive
      ? `between ${show(least)} and ${show(most)}`
      : [
          ...(least > -Infinity ? [`${exclusive ? 'over' : 'at least'} ${show(least)}`] : []),
          ...(most < Infinity ? [`${exclusive ? 'under' : 'at most'} ${show(most)}`] : []),
        ].join(' and ')
  const error = range === '' ? instead : `${instead}, ${range}`
  const number = z.number({ error })
  // The bounds are those of the plain number, so that what is read already can be checked by them as well.
  const inside = exclusive
    ? number.gt(least, { error }).lt(most, { error })
    : number.min(least, { error }).max(most, { error })
  return z
    .string({ error })
    .regex(pattern, { error })
    .transform((text) => parse(text) ?? Number.NaN)
    .pipe(inside)
}

/** A length of time, read into milliseconds. */
export const duration = (bounds?: Bounds) =>
  quantity(
    DURATION,
    parseDuration,
    'write a length of time such as 250ms, 2.5s, 6m or 2m30s',
    bounds,
    formatDuration,
  )

/** A share, read into a ratio from 0 to 1. */
export const percent = (bounds?: Bounds) =>
  quantity(
    PERCENT,
    parsePercent,
    'write a percentage such as 99.5%',
    { most: 1, ...bounds },
    (ratio) => `${decimal(ratio * 100)}%`,
  )

/** An amount of money, read into US dollars. */
export const money = (bounds?: Bounds) =>
  quantity(MONEY, parseMoney, 'write an amount in US dollars such as $0.015', bounds, (usd) => `$${usd}`)

/** A rate, read into requests a second. */
export const rate = (bounds?: Bounds) =>
  quantity(
    RATE,
    parseRate,
    'write a rate such as 10/s, 14/min or 600/h',
    bounds,
    (perSecond) => `${perSecond}/s`,
  )

/** A number of bytes; kilobytes are of 1000, as Toxiproxy counts them. */
export const bytes = (bounds?: Bounds) =>
  quantity(BYTES, parseBytes, 'write a whole number of bytes such as 600B, 2kB or 1MB', bounds, formatBytes)

/** How much may flow, read into bytes a second. */
export const dataRate = (bounds?: Bounds) =>
  quantity(DATA_RATE, parseDataRate, 'write whole kilobytes a second such as 2kB/s', bounds, formatDataRate)
