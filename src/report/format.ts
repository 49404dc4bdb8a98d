import type { Quantity } from '../record/index.ts'

/** Numbers as people read them. Nothing here rounds a miss into a hit. */

const COUNT = new Intl.NumberFormat('en-US')

/** Writes a whole number with separators: `3,612`. */
export function count(n: number): string {
  return COUNT.format(Math.round(n))
}

/** Writes a number with its noun in the right number: `1 request`, `3,612 requests`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

/** Writes one decimal, as the error budget is kept: `10.0`, `1,234.5`. */
export function oneDecimal(n: number): string {
  return n.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
}

/**
 * Writes a ratio as a percentage of at most `digits` decimals. Rounded down, because 99.996 % is not 100 %; what is
 * above zero but too small to show is said to be so.
 */
export function percent(ratio: number, digits = 2): string {
  const scale = 10 ** digits
  // The product of two decimals misses by a few units of the last place: 0.9949 * 10000 is 9948.999….
  const floored = Math.floor(Number((ratio * 100 * scale).toPrecision(12))) / scale
  if (ratio > 0 && floored === 0) return `< ${1 / scale} %`
  return `${floored} %`
}

/** Writes a length of time at three significant digits: `0.4 ms`, `412 ms`, `1.21 s`, `6 min 12 s`, `4 h`. */
export function span(ms: number): string {
  const sign = ms <= -0.05 ? '-' : ''
  const size = Math.abs(ms)
  if (size < 9.95) return `${sign}${trim(size.toFixed(1))} ms`
  if (size < 999.5) return `${sign}${Math.round(size)} ms`
  if (size < 9_995) return `${sign}${trim((size / 1000).toFixed(2))} s`
  if (size < 59_950) return `${sign}${trim((size / 1000).toFixed(1))} s`
  const seconds = Math.round(size / 1000)
  if (seconds < 3600) return sign + parts([Math.floor(seconds / 60), 'min'], [seconds % 60, 's'])
  const minutes = Math.round(seconds / 60)
  return sign + parts([Math.floor(minutes / 60), 'h'], [minutes % 60, 'min'])
}

function parts(...pairs: [number, string][]): string {
  return pairs
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n} ${unit}`)
    .join(' ')
}

const trim = (digits: string) => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits)

/** Writes a clock of the failover in seconds, so that clocks compare at a glance: `0.21 s`, `11.8 s`, `96 s`. */
export function seconds(ms: number): string {
  const s = ms / 1000
  return `${Math.abs(s) < 9.995 ? s.toFixed(2) : Math.abs(s) < 99.95 ? s.toFixed(1) : count(s)} s`
}

/** Writes a time that may be infinite, as a percentile among failures is. */
export function timeOrInfinite(ms: Quantity): string {
  return ms === 'inf' ? '∞' : span(ms)
}

/** Writes US dollars: cents for amounts, three significant digits for fractions of a cent: `$0.00456`. */
export function usd(amount: number): string {
  if (amount === 0) return '$0'
  if (Math.abs(amount) >= 1)
    return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
  const digits = Math.max(2, 2 - Math.floor(Math.log10(Math.abs(amount))))
  const [whole = '', fraction = ''] = amount.toFixed(Math.min(digits, 10)).split('.')
  // A round amount keeps its cents and no more: $0.015 and not $0.0150, but $0.20.
  return `$${whole}.${fraction.replace(/(?<=^\d{2}\d*?)0+$/, '')}`
}

/** Writes an amount that may be infinite. */
export function usdOrInfinite(amount: Quantity): string {
  return amount === 'inf' ? '∞' : usd(amount)
}

/** Joins words as prose does: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Capitalises the first letter, for a sentence that begins with a generated word. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Names the day: `20 November 2026`. Always UTC, so that a report reads the same everywhere. */
export function longDate(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  })
}

/** `2026-11-20 14:00 UTC`. */
export function shortTime(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A rate in the unit in which it is a number people can picture: `40 requests a second`, `14 requests an hour`. */
export function requestRate(perSecond: number): string {
  const [times, unit] =
    perSecond >= 1 ? [1, 'a second'] : perSecond >= 1 / 60 ? [60, 'a minute'] : [3600, 'an hour']
  return `${counted(Number((perSecond * times).toPrecision(3)), 'request')} ${unit}`
}
